// The series that a post belongs to: its rule, its coming dates, and what can be done with them.
import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleOff } from "lucide-react";
import { useState } from "react";

import type { Post } from "@/api/posts";
import { recurrenceQuery, type Occurrence, type Recurrence } from "@/api/recurrence";
import { useMay } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { EndSeriesDialog } from "@/posts/EndSeriesDialog";
import { OccurrenceItem } from "@/posts/OccurrenceItem";
import { SkipDialog } from "@/posts/SkipDialog";
import { DateTime } from "@/ui/DateTime";
import { Loading } from "@/ui/Loading";
import { Notice } from "@/ui/Notice";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useRuleText } from "@/ui/series/useRuleText";

import styles from "./Series.module.css";

export function SeriesPanel({ post }: { post: Post }) {
  const { t } = useMessages();
  const { data: series, error, refetch } = useQuery(recurrenceQuery(post.job_id));
  return (
    <Panel title={t("series:title")}>
      {!series && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
      {series && <SeriesDetails post={post} series={series} />}
    </Panel>
  );
}

function SeriesDetails({ post, series }: { post: Post; series: Recurrence }) {
  const { t } = useMessages();
  const describe = useRuleText();
  const mayPublish = useMay("publish");
  const [skipped, setSkipped] = useState<Occurrence | null>(null);
  const [isEnding, setIsEnding] = useState(false);
  const isActive = series.ended_at === null;
  return (
    <Stack gap="md">
      <Text fw={600}>{describe(series.rrule, series.start, series.zone)}</Text>
      <Origin post={post} series={series} />
      {!isActive && (
        <Notice tone="plain" Icon={CircleOff}>
          <Text size="sm">
            {t("series:ended")} <DateTime at={series.ended_at ?? series.created_at} />
          </Text>
        </Notice>
      )}
      {series.upcoming.length > 0 ? (
        <ul className={styles["dates"]} aria-label={t("series:upcoming")}>
          {series.upcoming.map((occurrence) => (
            <OccurrenceItem
              key={occurrence.schedule_time}
              post={post}
              occurrence={occurrence}
              skip={mayPublish ? setSkipped : null}
            />
          ))}
        </ul>
      ) : (
        <Text size="sm" c="dimmed">
          {t("series:noneLeft")}
        </Text>
      )}
      {isActive && mayPublish && (
        <Group>
          <Button variant="default" className={styles["button"]} onClick={() => setIsEnding(true)}>
            {t("series:end.open")}
          </Button>
        </Group>
      )}
      {skipped && <SkipDialog post={post} occurrence={skipped} close={() => setSkipped(null)} />}
      {isEnding && <EndSeriesDialog post={post} series={series} close={() => setIsEnding(false)} />}
    </Stack>
  );
}

/** Which post is copied, and what a change of it does. */
function Origin({ post, series }: { post: Post; series: Recurrence }) {
  const { t } = useMessages();
  if (series.post_id === post.job_id)
    return (
      <Text size="sm" c="dimmed">
        {t("series:isOriginal")}
      </Text>
    );
  return (
    <Text size="sm" c="dimmed">
      {t("series:isCopy")}{" "}
      <Anchor component={Link} underline="always" to={`/posts/${series.post_id}`}>
        {t("series:seeOriginal")}
      </Anchor>
    </Text>
  );
}
