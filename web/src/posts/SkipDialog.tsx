// Asks before one date of a series is skipped.
import { Text } from "@mantine/core";

import type { Post } from "@/api/posts";
import { useSeriesChanges, type Occurrence } from "@/api/recurrence";
import { useMessages } from "@/i18n/useMessages";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { useDateTime } from "@/ui/DateTime";

interface Props {
  post: Post;
  occurrence: Occurrence;
  close: () => void;
}

export function SkipDialog({ post, occurrence, close }: Props) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const { skip } = useSeriesChanges(post);
  return (
    <ConfirmDialog
      title={t("series:skip.title", { date: format(occurrence.schedule_time) })}
      confirmLabel={t("series:skip.confirm")}
      cancelLabel={t("series:skip.keep")}
      isPending={skip.isPending}
      error={skip.error}
      onConfirm={() => skip.mutate(occurrence, { onSuccess: close })}
      close={close}
    >
      <Text>{t("series:skip.hint")}</Text>
    </ConfirmDialog>
  );
}
