// Everything that happened to a post, in sentences; what was really asked and answered, on demand.
import { Code, Group, Stack, Switch, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { labelOf, platformsQuery } from "@/api/platforms";
import { timelineQuery, type Post, type TimelineEntry } from "@/api/posts";
import { useSession } from "@/api/session";
import type { Language } from "@/i18n/language";
import { useWords } from "@/i18n/useWords";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { When } from "@/ui/When";

import styles from "./Timeline.module.css";

export function Timeline({ post }: { post: Post }) {
  const { t } = useWords();
  const [raw, showRaw] = useState(false);
  const { workspace } = useSession();
  // What is there stays while the other kind is fetched.
  const { data, error, refetch } = useQuery({ ...timelineQuery(post.job_id, raw), placeholderData: keepPreviousData });
  if (!data) return error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Stack gap="md">
      <Switch
        label={t("posts:timeline.raw")}
        checked={raw}
        onChange={(event) => showRaw(event.currentTarget.checked)}
      />
      <ol className={styles["line"]}>
        {data.map((entry, index) => (
          <Happened key={index} entry={entry} zone={post.zone ?? workspace.zone} />
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

function Happened({ entry, zone }: { entry: TimelineEntry; zone: string }) {
  const { t, language } = useWords();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const tone = TONES.find(([kinds]) => kinds.test(entry.kind))?.[1] ?? "quiet";
  // The sentence of a sending and that of its answer both bring how long it took: said once, with the answer.
  const took = entry.kind === "attempt.sent" || entry.seconds === null ? null : entry.seconds;
  return (
    <li className={styles["entry"]} data-tone={tone}>
      <Group gap="xs" className={styles["head"]}>
        <When at={entry.at} zone={zone} style="second" />
        {entry.platform !== null && <span>{labelOf(platforms, entry.platform)}</span>}
      </Group>
      <Text>{entry.text}</Text>
      {took !== null && (
        <Text size="sm" c="dimmed">
          {t("posts:timeline.took", { time: duration(took, language) })}
        </Text>
      )}
      {entry.raw && (
        <details>
          <summary className={styles["summary"]}>{t("posts:timeline.asked")}</summary>
          <Code block tabIndex={0} className={styles["raw"]}>
            {JSON.stringify(entry.raw, null, 2)}
          </Code>
        </details>
      )}
    </li>
  );
}

function duration(seconds: number, language: Language): string {
  const [unit, value] = seconds < 1 ? (["millisecond", seconds * 1000] as const) : (["second", seconds] as const);
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: seconds < 1 ? 0 : 1 }).format(
    value,
  );
}
