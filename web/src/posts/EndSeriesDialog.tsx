// Asks before a series ends, and says which posts that cancels or keeps.
import { Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";

import type { Post } from "@/api/posts";
import { useSeriesChanges, type Recurrence } from "@/api/recurrence";
import { useMessages } from "@/i18n/useMessages";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { useDateTime } from "@/ui/DateTime";

interface Props {
  post: Post;
  series: Recurrence;
  close: () => void;
}

const FUTURES = ["cancel", "keep"] as const;

export function EndSeriesDialog({ post, series, close }: Props) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const { end } = useSeriesChanges(post);
  const [future, setFuture] = useState<(typeof FUTURES)[number]>("cancel");
  const count = series.scheduled_posts;
  const scheduled = series.upcoming.filter(({ status }) => status === "scheduled");
  const dates = scheduled
    .filter(({ post_id }) => post_id !== series.post_id)
    .map((occurrence) => format(occurrence.moved_to ?? occurrence.schedule_time));
  const own = scheduled.find(({ post_id }) => post_id === series.post_id);
  return (
    <ConfirmDialog
      title={t("series:end.title")}
      confirmLabel={
        count > 0 && future === "cancel" ? t("series:end.confirmCancel", { count }) : t("series:end.confirm")
      }
      cancelLabel={t("series:end.goOn")}
      isPending={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate(count > 0 ? future : "keep", { onSuccess: close })}
      close={close}
    >
      <Stack gap="sm">
        <Text>{t("series:end.hint")}</Text>
        {count > 0 ? (
          <>
            <Radio.Group
              label={t("series:end.scheduled", { count })}
              value={future}
              onChange={(value) => setFuture(value === "keep" ? "keep" : "cancel")}
            >
              <Stack gap="xs" mt={4}>
                {FUTURES.map((value) => (
                  <Radio key={value} value={value} label={t(`series:end.${value}`)} />
                ))}
              </Stack>
            </Radio.Group>
            <Text size="sm" c="dimmed">
              {dates.join(" · ")}
              {count > dates.length && ` · ${t("series:end.more", { count: count - dates.length })}`}
            </Text>
          </>
        ) : (
          <Text>{t("series:end.nothing")}</Text>
        )}
        {own && <Text size="sm">{t("series:end.own", { date: format(own.schedule_time) })}</Text>}
      </Stack>
    </ConfirmDialog>
  );
}
