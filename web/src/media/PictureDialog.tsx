// One picture of the library: its alt text and tags, where it is used, crop, replace and delete.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Crop, ImageUp, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { mediumQuery, type MediumDetail } from "@/api/media";
import { useMessages } from "@/i18n/useMessages";
import { AltTextForm } from "@/media/AltTextForm";
import { DeletePicture } from "@/media/DeletePicture";
import { formatBytes } from "@/media/formatBytes";
import { PictureUses } from "@/media/PictureUses";
import { TagsForm } from "@/media/TagsForm";
import { useMediumName } from "@/media/useMediumName";
import { Allowed } from "@/ui/Allowed";
import { useDateTime } from "@/ui/DateTime";
import { Dialog } from "@/ui/Dialog";
import { Loading } from "@/ui/Loading";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { stableMediaUrl } from "@/ui/stableMediaUrl";

import styles from "./Media.module.css";

// Loaded when it is first opened.
const CropPicture = lazy(() =>
  import("@/media/CropPicture").then(({ CropPicture: component }) => ({ default: component })),
);

const ReplacePicture = lazy(() =>
  import("@/media/ReplacePicture").then(({ ReplacePicture: component }) => ({ default: component })),
);

interface Props {
  mediumId: string;
  /** Open another picture; undefined closes the dialog. */
  open: (mediumId: string | undefined) => void;
}

export function PictureDialog({ mediumId, open }: Props) {
  const { t } = useMessages();
  const { data: medium, error, refetch } = useQuery(mediumQuery(mediumId));
  if (medium) return <OpenedPicture medium={medium} open={open} />;
  return (
    <Dialog title={t("media:picture")} close={() => open(undefined)} size="lg">
      {error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />}
    </Dialog>
  );
}

function OpenedPicture({ medium, open }: { medium: MediumDetail; open: Props["open"] }) {
  const { t } = useMessages();
  const name = useMediumName()(medium);
  const [mode, setMode] = useState<"show" | "crop" | "replace" | "delete">("show");
  const [replacedBy, setReplacedBy] = useState<string>();
  const close = () => open(undefined);
  const back = () => setMode("show");
  if (mode === "delete") return <DeletePicture medium={medium} name={name} onDeleted={close} close={back} />;
  if (mode === "crop")
    return (
      <Dialog title={t("media:crop.title")} close={back} size="lg">
        <Suspense fallback={<Loading />}>
          <CropPicture medium={medium} onSaved={open} close={back} />
        </Suspense>
      </Dialog>
    );
  if (mode === "replace")
    return (
      <Dialog
        title={t("media:replace.title", { name })}
        close={replacedBy === undefined ? back : () => open(replacedBy)}
        size="lg"
      >
        <Suspense fallback={<Loading />}>
          <ReplacePicture medium={medium} onReplaced={setReplacedBy} open={open} close={back} />
        </Suspense>
      </Dialog>
    );
  return (
    <Dialog title={name} close={close} size="lg">
      <Stack>
        <img src={stableMediaUrl(medium.url)} alt={medium.alt} className={styles["picture"]} />
        <Facts medium={medium} />
        <Allowed to="draft">
          <AltTextForm medium={medium} />
          <TagsForm medium={medium} />
        </Allowed>
        <PictureUses medium={medium} open={open} />
        <Allowed to="draft">
          <Group>
            <Button
              variant="default"
              className={styles["button"]}
              leftSection={<Crop size={18} aria-hidden />}
              onClick={() => setMode("crop")}
            >
              {t("media:crop.open")}
            </Button>
            <Button
              variant="default"
              className={styles["button"]}
              leftSection={<ImageUp size={18} aria-hidden />}
              onClick={() => setMode("replace")}
            >
              {t("media:replace.button")}
            </Button>
            <Button
              variant="default"
              className={styles["button"]}
              leftSection={<Trash2 size={18} aria-hidden />}
              onClick={() => setMode("delete")}
            >
              {t("media:delete.open")}
            </Button>
          </Group>
        </Allowed>
      </Stack>
    </Dialog>
  );
}

function Facts({ medium }: { medium: MediumDetail }) {
  const { t, locale } = useMessages();
  const { format } = useDateTime();
  const { origin, width, height, bytes, created_at, notes } = medium;
  const day = format(created_at, "day");
  const made =
    origin === "uploaded" || origin === "fetched" || origin === "generated"
      ? t(`media:origin.${origin}`, { day })
      : day;
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {[made, t("media:pixels", { width, height }), formatBytes(bytes, locale)].join(" · ")}
      </Text>
      {notes.map((note) => (
        <Notice key={note} tone="plain">
          {note}
        </Notice>
      ))}
    </Stack>
  );
}
