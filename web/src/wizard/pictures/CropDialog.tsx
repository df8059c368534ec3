// Dialog to crop an uploaded picture: to a part in the platform's shape, or around a point to keep.
import { Button, Group, SegmentedControl, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { mediumQuery, type Medium } from "@/api/media";
import { useMessages } from "@/i18n/useMessages";
import { CropArea } from "@/ui/crop/CropArea";
import type { Box, Point } from "@/ui/crop/crop";
import { Dialog } from "@/ui/Dialog";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { stableMediaUrl } from "@/ui/stableMediaUrl";
import type { ImageChoice } from "@/wizard/pictures/calls";
import { FocalPoint } from "@/wizard/pictures/FocalPoint";
import type { Pixels } from "@/wizard/pictures/slots";

interface Props {
  title: string;
  mediumId: string;
  pixels: Pixels;
  /** Fractions of the upright picture's width and height. */
  crop: Record<string, number> | null;
  focal: Record<string, number> | null;
  close: () => void;
  save: (choice: ImageChoice) => void;
}

export function CropDialog({ title, mediumId, close, ...others }: Props) {
  const { data: medium, error, refetch } = useQuery(mediumQuery(mediumId));
  return (
    <Dialog title={title} close={close} size="lg">
      {error && <ProblemAlert error={error} retry={() => void refetch()} />}
      {!medium && !error && <Loading />}
      {medium && <CropForm medium={medium} close={close} {...others} />}
    </Dialog>
  );
}

type CropMode = "crop" | "focal";

function CropForm({
  medium,
  pixels,
  crop,
  focal,
  close,
  save,
}: Omit<Props, "title" | "mediumId"> & { medium: Medium }) {
  const { t } = useMessages();
  const [mode, setMode] = useState<CropMode>(focal && !crop ? "focal" : "crop");
  const [area, setArea] = useState<Box | null>(null);
  const [point, setPoint] = useState<Point>({ x: focal?.["x"] ?? 0.5, y: focal?.["y"] ?? 0.5 });
  const url = stableMediaUrl(medium.url);
  const submit = () => save(mode === "crop" && area ? { crop: area } : mode === "focal" ? { focal: point } : {});
  return (
    <Stack>
      <SegmentedControl
        aria-label={t("pictures:crop.mode")}
        data={[
          { value: "crop", label: t("pictures:crop.byArea") },
          { value: "focal", label: t("pictures:crop.byPoint") },
        ]}
        value={mode}
        onChange={setMode}
      />
      {mode === "crop" ? (
        <CropArea
          url={url}
          aspect={pixels.width / pixels.height}
          crop={crop}
          hint={t("pictures:crop.areaHint")}
          onChange={setArea}
        />
      ) : (
        <FocalPoint url={url} alt={medium.alt} point={point} onChange={setPoint} />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {t("pictures:crop.cancel")}
        </Button>
        <Button onClick={submit} disabled={mode === "crop" && !area}>
          {t("pictures:crop.save")}
        </Button>
      </Group>
    </Stack>
  );
}
