// One coming date of a series: its state, and the buttons to edit or skip it alone.
import { Button, Group, Text } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { CircleDashed, CircleSlash, Pencil, SkipForward } from "lucide-react";

import type { Post } from "@/api/posts";
import { useSeriesChanges, type Occurrence } from "@/api/recurrence";
import { useMessages } from "@/i18n/useMessages";
import { DateTime, useDateTime } from "@/ui/DateTime";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Badge, StatusBadge } from "@/ui/StatusBadge";

import styles from "./Series.module.css";

interface Props {
  /** The post of the page, which belongs to the series. */
  post: Post;
  occurrence: Occurrence;
  /** Null for people who may not publish. */
  skip: ((occurrence: Occurrence) => void) | null;
}

const SKIPPED = ["cancelled", "deleted"];

export function OccurrenceItem({ post, occurrence, skip }: Props) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const router = useRouter();
  const { open } = useSeriesChanges(post);
  const { post_id: postId, status, schedule_time: at } = occurrence;
  const edit = () =>
    open.mutate(occurrence, {
      onSuccess: (id) => void router.navigate({ to: "/posts/$id/edit", params: { id } }),
    });
  // What is being sent, or was, is no longer changed from here.
  const canChange = skip !== null && (status === null || status === "scheduled" || status === "draft");
  const date = format(at);
  return (
    <li className={styles["date"]}>
      <div className={styles["when"]}>
        {postId !== null && postId !== post.job_id && status !== "deleted" ? (
          <Link to="/posts/$id" params={{ id: postId }} className={styles["link"]}>
            <DateTime at={at} />
          </Link>
        ) : (
          <DateTime at={at} />
        )}
        {postId === post.job_id && (
          <Text size="sm" c="dimmed" component="span">
            {t("series:thisPost")}
          </Text>
        )}
        {occurrence.moved_to !== null && (
          <Text size="sm" component="span">
            {t("series:movedTo", { time: format(occurrence.moved_to) })}
          </Text>
        )}
      </div>
      <Group gap="xs">
        <OccurrenceState occurrence={occurrence} />
      </Group>
      {canChange && (
        <Group gap="xs" className={styles["actions"] ?? ""}>
          <Button
            variant="subtle"
            className={styles["button"]}
            leftSection={<Pencil size={16} aria-hidden />}
            aria-label={t("series:editOne", { date })}
            loading={open.isPending}
            onClick={edit}
          >
            {t("series:edit")}
          </Button>
          <Button
            variant="subtle"
            className={styles["button"]}
            leftSection={<SkipForward size={16} aria-hidden />}
            aria-label={t("series:skip.one", { date })}
            onClick={() => skip(occurrence)}
          >
            {t("series:skip.open")}
          </Button>
        </Group>
      )}
      <ProblemAlert error={open.error} />
    </li>
  );
}

function OccurrenceState({ occurrence: { status, changed } }: { occurrence: Occurrence }) {
  const { t } = useMessages();
  if (status === null) return <Badge tone="quiet" Icon={CircleDashed} label={t("series:state.toCome")} />;
  if (SKIPPED.includes(status)) return <Badge tone="quiet" Icon={CircleSlash} label={t("series:state.skipped")} />;
  return (
    <>
      <StatusBadge state={status} />
      {changed && <Badge tone="planned" Icon={Pencil} label={t("series:state.edited")} />}
    </>
  );
}
