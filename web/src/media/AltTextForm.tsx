// The alt text of a library picture.
import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { describeMedium, MEDIA, mediumQuery, type MediumDetail } from "@/api/media";
import { useMessages } from "@/i18n/useMessages";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Media.module.css";

const MAX_LENGTH = 1_000;

export function AltTextForm({ medium }: { medium: MediumDetail }) {
  const { t } = useMessages();
  const client = useQueryClient();
  const [alt, setAlt] = useState(medium.alt);
  const saving = useMutation({
    mutationFn: () => describeMedium(medium.id, { alt: alt.trim() }),
    onSuccess: (saved) => {
      client.setQueryData(mediumQuery(saved.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: [...MEDIA, "list"] });
    },
  });
  const isChanged = alt.trim() !== medium.alt;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <Stack gap="xs">
        <Textarea
          label={t("media:alt.label")}
          description={t("media:alt.hint")}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={MAX_LENGTH}
          value={alt}
          onChange={(event) => setAlt(event.currentTarget.value)}
        />
        <ProblemAlert error={saving.error} />
        <Group>
          <Button type="submit" className={styles["button"]} disabled={!isChanged} loading={saving.isPending}>
            {t("media:alt.save")}
          </Button>
          <Text role="status" size="sm">
            {saving.isSuccess && !isChanged && t("media:alt.saved")}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}
