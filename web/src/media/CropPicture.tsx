// Crops a library picture in the browser, and saves the part as a new picture.
import { Button, Group, NativeSelect, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { MEDIA, type MediumDetail } from "@/api/media";
import { uploadMedium } from "@/api/media-upload";
import { useMessages } from "@/i18n/useMessages";
import { cropToFile } from "@/media/cropToFile";
import { CropArea } from "@/ui/crop/CropArea";
import type { Box } from "@/ui/crop/crop";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { stableMediaUrl } from "@/ui/stableMediaUrl";

import styles from "./Media.module.css";

const SHAPES: Record<string, number> = { "1:1": 1, "4:5": 4 / 5, "3:4": 3 / 4, "9:16": 9 / 16, "16:9": 16 / 9 };

interface Props {
  medium: MediumDetail;
  onSaved: (mediumId: string) => void;
  close: () => void;
}

export function CropPicture({ medium, onSaved, close }: Props) {
  const { t } = useMessages();
  const client = useQueryClient();
  const [shape, setShape] = useState("1:1");
  const [box, setBox] = useState<Box | null>(null);
  const url = stableMediaUrl(medium.url);
  const saving = useMutation({
    mutationFn: async (part: Box) => {
      const file = await cropToFile(medium, url, part);
      return uploadMedium(file, {
        alt: medium.alt,
        tags: medium.tags,
        onProgress: () => undefined,
        signal: new AbortController().signal,
      });
    },
    onSuccess: ({ id }) => {
      onSaved(id);
      void client.invalidateQueries({ queryKey: [...MEDIA, "list"] });
    },
  });
  return (
    <Stack>
      <NativeSelect
        label={t("media:crop.shape")}
        value={shape}
        data={[{ value: "as-is", label: t("media:crop.asIs") }, ...Object.keys(SHAPES)]}
        onChange={(event) => setShape(event.currentTarget.value)}
      />
      <CropArea
        // Another shape begins at the middle again.
        key={shape}
        url={url}
        aspect={SHAPES[shape] ?? medium.width / medium.height}
        hint={t("media:crop.hint")}
        onChange={setBox}
      />
      <ProblemAlert error={saving.error} />
      <Group>
        <Button
          className={styles["button"]}
          disabled={!box}
          loading={saving.isPending}
          onClick={() => box && saving.mutate(box)}
        >
          {t("media:crop.save")}
        </Button>
        <Button variant="default" className={styles["button"]} onClick={close}>
          {t("media:crop.cancel")}
        </Button>
      </Group>
    </Stack>
  );
}
