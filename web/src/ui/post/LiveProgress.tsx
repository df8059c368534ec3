// How a post is getting on, platform by platform, while it happens: what is out, what is not, and what to do about it.
import { Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { PieChart, WifiOff } from "lucide-react";

import { accountsQuery } from "@/api/accounts";
import { labelOf, platformsQuery } from "@/api/platforms";
import { usePostEvents } from "@/api/post-events";
import { postQuery, type Post } from "@/api/posts";
import type { Translate } from "@/i18n/keys";
import { useWords } from "@/i18n/useWords";
import { Loading } from "@/ui/Loading";
import { Notice } from "@/ui/Notice";
import { Announced } from "@/ui/post/Announced";
import { DeliveryRow } from "@/ui/post/DeliveryRow";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { momentOf } from "@/ui/When";

import styles from "./LiveProgress.module.css";

export function LiveProgress({ postId }: { postId: string }) {
  const { t, language } = useWords();
  const { data: post, error, refetch } = useQuery(postQuery(postId));
  const { data: platforms = [] } = useQuery(platformsQuery);
  const { data: accounts = [] } = useQuery(accountsQuery);
  const following = usePostEvents(postId);
  if (!post) return error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />;
  const when = post.schedule_time ? momentOf(post.schedule_time, language, post.zone) : "";
  return (
    <Stack gap="md" component="section" aria-label={t("post:progress.label")}>
      <Stack gap="xs">
        <Text className={styles["sum"]}>{summaryOf(post, when, t)}</Text>
        <Shares post={post} />
        {post.status === "publishing" && (
          <Text size="sm" c="dimmed">
            {t("post:progress.mayLeave")}
          </Text>
        )}
      </Stack>
      {following === "polling" && (
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
            label={labelOf(platforms, result.platform)}
            account={accounts.find((account) => account.id === result.account_id)?.name ?? null}
          />
        ))}
      </ul>
      <Announced post={post} platforms={platforms} />
    </Stack>
  );
}

/** A picture of the sentence above it, for the eye alone. */
function Shares({ post }: { post: Post }) {
  if (post.status === "draft" || post.status === "scheduled" || post.total_platforms === 0) return null;
  const share = (wanted: (result: Post["platforms"][number]) => boolean) =>
    (100 * post.platforms.filter(wanted).length) / post.total_platforms;
  return (
    <Progress.Root size="md" aria-hidden>
      <Progress.Section value={share(({ success }) => success === true)} color="green.7" />
      <Progress.Section value={share(({ state }) => state === "unconfirmed")} color="yellow.6" />
      <Progress.Section value={share(({ success }) => success === false)} color="red.7" />
    </Progress.Root>
  );
}

const BY_STATUS = {
  published: "post:sum.published",
  partial: "post:sum.partial",
  publishing: "post:sum.publishing",
  unconfirmed: "post:sum.unconfirmed",
  needs_reconnect: "post:sum.needs_reconnect",
  failed: "post:sum.failed",
  scheduled: "post:sum.scheduled",
  draft: "post:sum.draft",
  cancelled: "post:sum.cancelled",
} as const;

function summaryOf(post: Post, when: string, t: Translate): string {
  const key = Object.hasOwn(BY_STATUS, post.status) ? BY_STATUS[post.status as keyof typeof BY_STATUS] : null;
  return key === null ? post.status : t(key, { out: post.successful, all: post.total_platforms, when });
}
