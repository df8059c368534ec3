// The progress of a post, delivery by delivery, live.
import { Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { PieChart, WifiOff } from "lucide-react";

import { platformLabel, platformsQuery } from "@/api/platforms";
import { usePostEvents } from "@/api/post-events";
import { postQuery, type Post } from "@/api/posts";
import type { Translate } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";
import { Loading } from "@/ui/Loading";
import { Notice } from "@/ui/Notice";
import { StateAnnouncer } from "@/ui/post/StateAnnouncer";
import { deliveryLabel } from "@/ui/post/deliveryLabel";
import { DeliveryRow } from "@/ui/post/DeliveryRow";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useDateTime } from "@/ui/DateTime";

import styles from "./LiveProgress.module.css";

export function LiveProgress({ postId }: { postId: string }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const { data: post, error, refetch } = useQuery(postQuery(postId));
  const { data: platforms = [] } = useQuery(platformsQuery);
  const connection = usePostEvents(postId);
  if (!post) return error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />;
  const time = post.schedule_time ? format(post.schedule_time) : "";
  return (
    <Stack gap="md" component="section" aria-label={t("post:progress.label")}>
      <Stack gap="xs">
        <Text className={styles["summary"]}>{progressSummary(post, time, t)}</Text>
        <ProgressBar post={post} />
        {post.status === "publishing" && (
          <Text size="sm" c="dimmed">
            {t("post:progress.mayLeave")}
          </Text>
        )}
      </Stack>
      {connection === "polling" && (
        <Notice tone="warn" announced Icon={WifiOff}>
          {t("post:progress.polling")}
        </Notice>
      )}
      {post.status === "partial" && (
        <Notice tone="warn" Icon={PieChart} title={t("post:progress.partialTitle")}>
          {t("post:progress.partial")}
        </Notice>
      )}
      <ul className={styles["rows"]}>
        {post.platforms.map((result) => (
          <DeliveryRow
            key={result.delivery_id}
            post={post}
            result={result}
            platform={platformLabel(platforms, result.platform)}
            label={deliveryLabel(post, result, platforms)}
          />
        ))}
      </ul>
      <StateAnnouncer post={post} platforms={platforms} />
    </Stack>
  );
}

/** The summary as a bar; hidden from screen readers. */
function ProgressBar({ post }: { post: Post }) {
  if (post.status === "draft" || post.status === "scheduled" || post.total_platforms === 0) return null;
  const percent = (isCounted: (result: Post["platforms"][number]) => boolean) =>
    (100 * post.platforms.filter(isCounted).length) / post.total_platforms;
  return (
    <Progress.Root size="md" aria-hidden>
      <Progress.Section value={percent(({ success }) => success === true)} color="green.7" />
      <Progress.Section value={percent(({ state }) => state === "unconfirmed")} color="yellow.6" />
      <Progress.Section value={percent(({ success }) => success === false)} color="red.7" />
    </Progress.Root>
  );
}

const SUMMARIES = {
  published: "post:summary.published",
  partial: "post:summary.partial",
  publishing: "post:summary.publishing",
  unconfirmed: "post:summary.unconfirmed",
  needs_reconnect: "post:summary.needs_reconnect",
  failed: "post:summary.failed",
  scheduled: "post:summary.scheduled",
  draft: "post:summary.draft",
  cancelled: "post:summary.cancelled",
} as const;

function progressSummary(post: Post, time: string, t: Translate): string {
  const key = Object.hasOwn(SUMMARIES, post.status) ? SUMMARIES[post.status as keyof typeof SUMMARIES] : null;
  return key === null ? post.status : t(key, { published: post.successful, total: post.total_platforms, time });
}
