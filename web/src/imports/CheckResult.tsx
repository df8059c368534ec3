// What the dry run found, the button that makes the posts, their progress and the account of it.
import { Button, Group, Progress, SegmentedControl, Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";

import { Problem } from "@/api/problem";
import { useMessages } from "@/i18n/useMessages";
import type { DayOrder, ImportAnswer, ImportedRow } from "@/imports/calls";
import { ImportReport } from "@/imports/ImportReport";
import { RowList } from "@/imports/RowList";
import type { Import } from "@/imports/useImport";
import { Loading } from "@/ui/Loading";
import { Notice } from "@/ui/Notice";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Import.module.css";

export function CheckResult({ state }: { state: Import }) {
  const { t } = useMessages();
  const { check, run } = state;
  return (
    <Panel title={t("imports:rows.title")}>
      <Stack gap="md">
        {check.isPending && <Loading />}
        <CheckProblem error={check.error} retry={() => void check.refetch()} />
        {check.data && (
          <>
            {run.answer ? <ImportReport answer={run.answer} /> : <CheckSummary answer={check.data} state={state} />}
            <DayOrderChoice answer={check.data} state={state} />
            {run.answer === null && <RunSection answer={check.data} state={state} />}
            <Rows answer={check.data} done={run.answer?.rows ?? run.rows} />
          </>
        )}
      </Stack>
    </Panel>
  );
}

/** What is wrong with the file as a whole; else the failure of the call. */
function CheckProblem({ error, retry }: { error: unknown; retry: () => void }) {
  const entries = error instanceof Problem ? error.entriesAt("/file") : [];
  if (entries.length === 0) return <ProblemAlert error={error} retry={retry} />;
  return (
    <Notice tone="bad" announced>
      {entries.map(({ code, detail }) => (
        <Text size="sm" key={code + detail}>
          {detail}
        </Text>
      ))}
    </Notice>
  );
}

function CheckSummary({ answer, state }: { answer: ImportAnswer; state: Import }) {
  const { t } = useMessages();
  const { valid, invalid, already_imported: already, unknown_columns: unknown } = answer;
  return (
    <Stack gap="xs" align="start">
      <Text role="status" fw={600}>
        {[
          t("imports:rows.valid", { count: valid }),
          ...(invalid > 0 ? [t("imports:rows.invalid", { count: invalid })] : []),
          ...(already > 0 ? [t("imports:rows.already", { count: already })] : []),
        ].join(" ")}
      </Text>
      {already > 0 && (
        <Button variant="default" mih="2.75rem" disabled={state.run.isRunning} onClick={state.forgetImported}>
          {t("imports:rows.again")}
        </Button>
      )}
      {unknown.length > 0 && (
        <Text size="sm" c="dimmed">
          {t("imports:rows.unknownColumns", { names: unknown.join(", ") })}
        </Text>
      )}
    </Stack>
  );
}

const ORDERS: readonly DayOrder[] = ["day_first", "month_first"];

/** Shown once a date could be two days, so that the choice can also be changed. */
function DayOrderChoice({ answer, state }: { answer: ImportAnswer; state: Import }) {
  const { t } = useMessages();
  const { options, setOptions, run } = state;
  const isAmbiguous = answer.rows.some(({ problems }) => problems.some(({ code }) => code === "date_ambiguous"));
  if (!isAmbiguous && options.dayOrder === null) return null;
  return (
    <Notice tone="warn" title={t("imports:dayOrder.title")}>
      <Stack gap="xs" align="start">
        <Text size="sm">{t("imports:dayOrder.hint")}</Text>
        <SegmentedControl
          aria-label={t("imports:dayOrder.title")}
          // Nothing is chosen until the person does.
          value={options.dayOrder ?? ""}
          disabled={run.isRunning}
          data={ORDERS.map((order) => ({ value: order, label: t(`imports:dayOrder.${order}`) }))}
          onChange={(value) => setOptions({ dayOrder: ORDERS.find((order) => order === value) ?? null })}
        />
      </Stack>
    </Notice>
  );
}

function RunSection({ answer, state }: { answer: ImportAnswer; state: Import }) {
  const { t } = useMessages();
  const { run, options, check } = state;
  const scheduled = answer.rows.filter(({ status, intent }) => status === "valid" && intent === "schedule").length;
  if (run.isRunning) return <RunProgress done={run.rows.length} total={answer.total} stop={run.stop} />;
  return (
    <Stack gap="md" align="start">
      {run.wasStopped && <Notice tone="warn">{t("imports:run.stopped", madeOf(run.rows, answer.total))}</Notice>}
      {run.error !== null && run.rows.length > 0 && (
        <Notice tone="warn">{t("imports:run.interrupted", madeOf(run.rows, answer.total))}</Notice>
      )}
      <ProblemAlert error={run.error} />
      {answer.valid > 0 && (
        <Button size="md" mih="2.75rem" loading={check.isFetching} onClick={run.start}>
          {run.wasStopped || run.error
            ? t("imports:run.continue")
            : options.intent === "schedule" && scheduled > 0
              ? t("imports:run.schedule", { count: answer.valid })
              : t("imports:run.draft", { count: answer.valid })}
        </Button>
      )}
    </Stack>
  );
}

function madeOf(rows: readonly ImportedRow[], total: number): { made: number; total: number } {
  return { made: rows.filter(({ status }) => status === "imported").length, total };
}

function RunProgress({ done, total, stop }: { done: number; total: number; stop: () => void }) {
  const { t } = useMessages();
  return (
    <Stack gap="xs" align="start">
      <Text role="status">{t("imports:run.progress", { done, total })}</Text>
      <Progress
        className={styles["progress"] ?? ""}
        value={(done / Math.max(total, 1)) * 100}
        aria-label={t("imports:run.label")}
      />
      <Button variant="default" mih="2.75rem" onClick={stop}>
        {t("imports:run.stop")}
      </Button>
    </Stack>
  );
}

/** The rows of the dry run, each replaced by what has become of it. */
function Rows({ answer, done }: { answer: ImportAnswer; done: readonly ImportedRow[] }) {
  const { t } = useMessages();
  const [onlyProblems, setOnlyProblems] = useState(false);
  const finished = new Map(done.map((row) => [row.row, row]));
  const rows = answer.rows.map((row) => finished.get(row.row) ?? row);
  const bad = rows.filter(({ status }) => status === "invalid");
  const shown = onlyProblems && bad.length > 0 ? bad : rows;
  return (
    <>
      {bad.length > 0 && bad.length < rows.length && (
        <Group>
          <Switch
            size="md"
            label={t("imports:rows.onlyProblems")}
            checked={onlyProblems}
            onChange={(event) => setOnlyProblems(event.currentTarget.checked)}
          />
        </Group>
      )}
      <RowList rows={shown} />
    </>
  );
}
