// The history of a post; on demand with the requests to the platforms and their answers.
import { Code, Group, Stack, Switch, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { platformLabel, platformsQuery } from "@/api/platforms";
import { timelineQuery, type Post, type TimelineEntry } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { DateTime } from "@/ui/DateTime";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Timeline.module.css";

export function Timeline({ post }: { post: Post }) {
  const { t } = useMessages();
  const [isRaw, setRaw] = useState(false);
  // Keeps the entries while the others are loaded.
  const { data, error, refetch } = useQuery({
    ...timelineQuery(post.job_id, isRaw),
    placeholderData: keepPreviousData,
  });
  if (!data) return error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Stack gap="md">
      <Switch
        label={t("posts:timeline.showRaw")}
        checked={isRaw}
        onChange={(event) => setRaw(event.currentTarget.checked)}
      />
      <ol className={styles["line"]}>
        {data.map((entry, index) => (
          <TimelineItem key={index} entry={entry} />
        ))}
      </ol>
    </Stack>
  );
}

const TONES = [
  [/published$|\.ready$/, "good"],
  [/failed$|refused$|missed$/, "bad"],
  [/unclear$|unconfirmed$|needs_reconnect$/, "warn"],
] as const;

function TimelineItem({ entry }: { entry: TimelineEntry }) {
  const { t, locale } = useMessages();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const tone = TONES.find(([kinds]) => kinds.test(entry.kind))?.[1] ?? "quiet";
  // Both the request and its answer have the duration: shown with the answer only.
  const seconds = entry.kind === "attempt.sent" || entry.seconds === null ? null : entry.seconds;
  return (
    <li className={styles["entry"]} data-tone={tone}>
      <Group gap="xs" className={styles["head"]}>
        <DateTime at={entry.at} style="second" />
        {entry.platform !== null && <span>{platformLabel(platforms, entry.platform)}</span>}
      </Group>
      <Text>{entry.text}</Text>
      {seconds !== null && (
        <Text size="sm" c="dimmed">
          {t("posts:timeline.duration", { time: formatDuration(seconds, locale) })}
        </Text>
      )}
      {entry.raw && (
        <details>
          <summary className={styles["summary"]}>{t("posts:timeline.raw")}</summary>
          <Code block tabIndex={0} className={styles["raw"]}>
            {JSON.stringify(entry.raw, null, 2)}
          </Code>
        </details>
      )}
    </li>
  );
}

function formatDuration(seconds: number, locale: string): string {
  const [unit, value] = seconds < 1 ? (["millisecond", seconds * 1000] as const) : (["second", seconds] as const);
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: seconds < 1 ? 0 : 1 }).format(
    value,
  );
}
