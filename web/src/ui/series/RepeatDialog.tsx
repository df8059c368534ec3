// Dialog to repeat a post: how often, from when, and until when. The server checks times and the rule.
import { Button, Checkbox, Group, NativeSelect, NumberInput, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Post } from "@/api/posts";
import { Problem } from "@/api/problem";
import { useSeriesChanges } from "@/api/recurrence";
import { currentZoneName } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";
import { Dialog } from "@/ui/Dialog";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { dayOf, DAYS, FREQUENCIES, toRule, type Day, type End, type Frequency } from "@/ui/series/rule";
import { useDayName, useRuleText } from "@/ui/series/useRuleText";

import styles from "./Series.module.css";

const FIRST_COUNT = 10;
const COUNT_MAX = 999;

export function RepeatDialog({ post, close }: { post: Post; close: () => void }) {
  const { t } = useMessages();
  const { zone: workspaceZone } = useDateTime();
  const { start } = useSeriesChanges(post);
  const describe = useRuleText();
  const zone = post.zone ?? workspaceZone;
  const [time, setTime] = useState(post.wall_time?.slice(0, 16) ?? "");
  const [frequency, setFrequency] = useState<Frequency>("weekly");
  const [others, setOthers] = useState<readonly Day[]>([]);
  const [end, setEnd] = useState<End>({ kind: "never" });
  const date = time.split("T")[0] ?? "";
  const first = date === "" ? null : dayOf(date);
  // The first date belongs to the series, else it would be a post beside it.
  const days = first === null ? others : [...others, first];
  const rrule = toRule({ frequency, days, monthDay: Number(date.slice(8, 10)), end });
  const problems = start.error instanceof Problem ? start.error.errors : [];
  const timeProblem = problems.find(({ pointer }) => pointer === "/schedule_time" || pointer === "/start");
  return (
    <Dialog title={t("series:repeat.title")} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate({ rrule, time, zone: currentZoneName(zone) }, { onSuccess: close });
        }}
      >
        <Stack>
          <Text size="sm" c="dimmed">
            {t("series:repeat.hint")}
          </Text>
          <TextInput
            type="datetime-local"
            label={t("series:repeat.first")}
            description={t("series:repeat.zone", { zone })}
            required
            step={300}
            value={time}
            error={timeProblem?.detail}
            onChange={(event) => setTime(event.currentTarget.value)}
            data-autofocus
          />
          <NativeSelect
            label={t("series:repeat.frequency")}
            value={frequency}
            data={FREQUENCIES.map((value) => ({ value, label: t(`series:repeat.${value}`) }))}
            onChange={(event) => {
              const chosen = FREQUENCIES.find((known) => known === event.currentTarget.value);
              if (chosen) setFrequency(chosen);
            }}
          />
          {frequency === "weekly" && <Days first={first} days={days} onChange={setOthers} />}
          <EndField end={end} from={date} onChange={setEnd} />
          {date !== "" && (
            <Text size="sm" role="status">
              {describe(rrule, time, zone)}
            </Text>
          )}
          {!timeProblem && <ProblemAlert error={start.error} />}
          <Group>
            <Button type="submit" className={styles["button"]} loading={start.isPending}>
              {t("series:repeat.submit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

interface DaysProps {
  /** The day of the first date, which cannot be left out. */
  first: Day | null;
  days: readonly Day[];
  onChange: (days: readonly Day[]) => void;
}

function Days({ first, days, onChange }: DaysProps) {
  const { t } = useMessages();
  const dayName = useDayName();
  return (
    <Checkbox.Group
      label={t("series:repeat.days")}
      value={[...days]}
      onChange={(chosen) => onChange(DAYS.filter((day) => chosen.includes(day) && day !== first))}
    >
      <div className={styles["days"]}>
        {DAYS.map((day) => (
          <Checkbox key={day} value={day} label={dayName(day)} disabled={day === first} />
        ))}
      </div>
    </Checkbox.Group>
  );
}

interface EndProps {
  end: End;
  /** The date of the first post; empty when it has none. */
  from: string;
  onChange: (end: End) => void;
}

const END_KINDS = ["never", "until", "count"] as const;

function EndField({ end, from, onChange }: EndProps) {
  const { t } = useMessages();
  const choose = (kind: string) => {
    if (kind === "until") onChange({ kind, until: from });
    else onChange(kind === "count" ? { kind, count: FIRST_COUNT } : { kind: "never" });
  };
  return (
    <Stack gap="xs">
      <Radio.Group label={t("series:repeat.ends")} value={end.kind} onChange={choose}>
        <Stack gap="xs" mt={4}>
          {END_KINDS.map((kind) => (
            <Radio key={kind} value={kind} label={t(`series:repeat.end.${kind}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {end.kind === "until" && (
        <TextInput
          type="date"
          label={t("series:repeat.lastDate")}
          required
          min={from}
          value={end.until}
          onChange={(event) => onChange({ kind: "until", until: event.currentTarget.value })}
        />
      )}
      {end.kind === "count" && (
        <NumberInput
          label={t("series:repeat.times")}
          required
          min={1}
          max={COUNT_MAX}
          clampBehavior="strict"
          allowDecimal={false}
          value={end.count}
          onChange={(count) => onChange({ kind: "count", count: Number(count) || 1 })}
        />
      )}
    </Stack>
  );
}
