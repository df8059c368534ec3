// The time of a scheduled post: date, time and zone. The server checks them as they are chosen.
import { Alert, Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { CalendarClock } from "lucide-react";

import type { Post } from "@/api/posts";
import type { ProblemEntry } from "@/api/problem";
import { browserTimeZone, formatWithOffset, haveSameClock, listTimeZones, offsetAt, wallTimeAt } from "@/i18n/dateTime";
import type { Translate } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";
import section from "@/wizard/Section.module.css";
import publish from "@/wizard/Publish.module.css";
import type { Schedule } from "@/wizard/state";
import { FIELDS } from "@/wizard/steps";
import { TimePresets } from "@/wizard/TimePresets";
import { useTimeProblems } from "@/wizard/useTimeProblems";
import { useWizard } from "@/wizard/useWizard";
import { scheduledInstant } from "@/wizard/wallTime";

export function SchedulePicker({ post }: { post: Post }) {
  const { t } = useMessages();
  const { zone: workspaceZone } = useDateTime();
  const { state, dispatch } = useWizard();
  const { schedule } = state;
  const change = (part: Partial<Schedule>) => dispatch({ type: "scheduleChanged", change: part });
  const problems = useTimeProblems(post, schedule);
  const message = problems.map((problem) => timeProblemMessage(problem, schedule.zone, t)).join(" ");
  const invalid = { error: message !== "", "aria-describedby": "wizard-schedule-problem" };
  return (
    <Stack gap="sm">
      <TimePresets change={change} />
      <div className={publish["dateAndTime"]}>
        <TextInput
          id={FIELDS.schedule}
          type="date"
          label={t("wizard:schedule.date")}
          value={schedule.date}
          onChange={(event) => change({ date: event.currentTarget.value })}
          {...invalid}
        />
        <TextInput
          type="time"
          step={300}
          label={t("wizard:schedule.time")}
          value={schedule.time}
          onChange={(event) => change({ time: event.currentTarget.value })}
          {...invalid}
        />
        <NativeSelect
          label={t("wizard:schedule.zone")}
          value={schedule.zone}
          data={withPresent(listTimeZones(workspaceZone), schedule.zone)}
          onChange={(event) => change({ zone: event.currentTarget.value })}
        />
      </div>
      <OffsetNote schedule={schedule} />
      <div id="wizard-schedule-problem" role="status">
        {problems.length > 0 && <TimeProblemAlert problems={problems} message={message} change={change} />}
      </div>
    </Stack>
  );
}

/** A zone that the browser does not list, or lists by another name, can still be the chosen one. */
function withPresent(zones: readonly string[], zone: string): string[] {
  return zones.includes(zone) ? [...zones] : [zone, ...zones];
}

const KNOWN = ["time_in_gap", "time_ambiguous", "time_past"] as const;

/** Prefer the studio's own message: the server's contains RFC 3339 times, which are buttons here. */
function timeProblemMessage({ code, detail }: ProblemEntry, zone: string, t: Translate): string {
  const known = KNOWN.find((name) => name === code);
  return known ? t(`wizard:schedule.problem.${known}`, { zone }) : detail;
}

/** The zone's offset at that time, and the time in the browser's zone where its clock differs. */
function OffsetNote({ schedule }: { schedule: Schedule }) {
  const { t, locale } = useMessages();
  const instant = scheduledInstant(schedule);
  const own = browserTimeZone();
  if (!instant) return null;
  return (
    <Text size="sm" c="dimmed">
      {t("wizard:schedule.offset", { zone: schedule.zone, offset: offsetAt(instant, schedule.zone) })}
      {!haveSameClock(own, schedule.zone, instant) &&
        ` ${t("wizard:schedule.yours", { time: formatWithOffset(instant, { locale, zone: own }) })}`}
    </Text>
  );
}

interface AlertProps {
  problems: readonly ProblemEntry[];
  message: string;
  change: (part: Partial<Schedule>) => void;
}

function TimeProblemAlert({ problems, message, change }: AlertProps) {
  const { t, locale } = useMessages();
  const { zone } = useWizard().state.schedule;
  const suggestions = problems
    .flatMap((problem) => problem.suggestions ?? [])
    .filter((time) => !Number.isNaN(Date.parse(time)));
  return (
    <Alert color="red" icon={<CalendarClock aria-hidden />}>
      <Stack gap="sm">
        <Text size="sm">{message}</Text>
        <Group gap="xs">
          {suggestions.map((time) => (
            <Button
              key={time}
              variant="default"
              className={section["button"]}
              onClick={() => change({ ...wallTimeAt(new Date(time), zone), exact: time })}
            >
              {formatWithOffset(time, { locale, zone })}
            </Button>
          ))}
          {problems.some(({ code }) => code === "time_past") && (
            <Button variant="default" className={section["button"]} onClick={() => change({ mode: "now" })}>
              {t("wizard:schedule.publishNow")}
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
