// What is shown of one row: its text, where and when it goes, and what became of it.
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, CheckCheck, CircleCheck, TriangleAlert } from "lucide-react";

import { platformLabel, platformsQuery } from "@/api/platforms";
import { formatDateTime } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import type { ImportedRow } from "@/imports/calls";
import { useDateTime } from "@/ui/DateTime";
import { Badge } from "@/ui/StatusBadge";

import styles from "./Import.module.css";

interface Props {
  row: ImportedRow;
}
type RowProblem = ImportedRow["problems"][number];

export function RowTitle({ row: { title, post_id: postId } }: Props) {
  const { t } = useMessages();
  const text = title || t("imports:rows.noText");
  if (postId === null) return <span className={styles["title"]}>{text}</span>;
  return (
    <Link to="/posts/$id" params={{ id: postId }} className={styles["title"]}>
      {text}
    </Link>
  );
}

export function RowPlatforms({ row: { platforms: names, picture } }: Props) {
  const { data: platforms = [] } = useQuery(platformsQuery);
  const labels = names.map((name) => platformLabel(platforms, name));
  const facts = [labels.join(", "), picture ?? ""].filter(Boolean);
  if (facts.length === 0) return null;
  return (
    <Text size="sm" c="dimmed" className={styles["facts"] ?? ""}>
      {facts.join(" · ")}
    </Text>
  );
}

/** In the row's own zone, which is named where it is not the workspace's. */
export function RowWhen({ row: { schedule_time: at, zone, intent } }: Props) {
  const { t } = useMessages();
  const { locale, zone: ours } = useDateTime();
  if (at === null) return <Text size="sm">{t("imports:rows.noTime")}</Text>;
  const text = formatDateTime(at, { locale, zone: zone ?? ours });
  return (
    <Text size="sm">
      <time dateTime={at}>{text}</time>
      {zone !== null && zone !== ours && ` (${zone})`}
      {intent === "draft" && ` · ${t("imports:rows.planned")}`}
    </Text>
  );
}

const OUTCOMES = {
  valid: ["planned", CircleCheck],
  invalid: ["bad", TriangleAlert],
  imported: ["good", Check],
  already_imported: ["quiet", CheckCheck],
} as const;

export function RowOutcome({ row: { status, problems, warnings } }: Props) {
  const { t } = useMessages();
  const [tone, Icon] = OUTCOMES[status];
  return (
    <div className={styles["outcome"]}>
      <Badge tone={tone} Icon={Icon} label={t(`imports:status.${status}`)} />
      <Entries entries={problems} label={t("imports:rows.problems")} />
      {status !== "invalid" && <Entries entries={warnings} label={t("imports:rows.warnings")} isQuiet />}
    </div>
  );
}

function Entries({ entries, label, isQuiet = false }: { entries: RowProblem[]; label: string; isQuiet?: boolean }) {
  const { t } = useMessages();
  if (entries.length === 0) return null;
  return (
    <ul className={styles["problems"]} aria-label={label} data-quiet={isQuiet}>
      {entries.map((entry, index) => (
        <li key={index}>
          {entry.column !== null && <strong>{`${entry.column}: `}</strong>}
          {/* The server's text is about a key, which nobody sees here. */}
          {entry.code === "idempotency_key_reused" ? t("imports:rows.madeOtherwise") : entry.detail}
        </li>
      ))}
    </ul>
  );
}
