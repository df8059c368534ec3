// When a scheduled post goes out: a date and a time on the clocks of one zone, which the server checks as they are chosen.
import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { CalendarClock } from "lucide-react";

import { answered, api } from "@/api/client";
import { postQuery, type Post } from "@/api/posts";
import type { ProblemEntry } from "@/api/problem";
import type { Translate } from "@/i18n/keys";
import { useWords } from "@/i18n/useWords";
import parts from "@/wizard/Parts.module.css";
import type { When } from "@/wizard/state";
import { FIELDS } from "@/wizard/steps";
import { chosenInstant, instantWords, offsetAt, roundedAfter, scheduleTime, tomorrowAt, wallAt } from "@/wizard/times";
import { accountFor, useWizard } from "@/wizard/useWizard";

import styles from "./Publish.module.css";

const HOUR_MS = 60 * 60 * 1000;
const SETTLED_MS = 350;

export function WhenPicker({ post }: { post: Post }) {
  const { t } = useWords();
  const { state, dispatch } = useWizard();
  const { when } = state;
  const plan = (change: Partial<When>) => dispatch({ type: "planned", when: change });
  const problems = useTimeProblems(post, when);
  const said = problems.map((problem) => saidOf(problem, when.zone, t)).join(" ");
  return (
    <Stack gap="sm">
      <Chips plan={plan} />
      <div className={styles["when"]}>
        <TextInput
          id={FIELDS.when}
          type="date"
          label={t("wizard:when.date")}
          value={when.date}
          onChange={(event) => plan({ date: event.currentTarget.value })}
          error={said !== ""}
          aria-describedby="wizard-when-said"
        />
        <TextInput
          type="time"
          step={300}
          label={t("wizard:when.time")}
          value={when.time}
          onChange={(event) => plan({ time: event.currentTarget.value })}
          error={said !== ""}
          aria-describedby="wizard-when-said"
        />
      </div>
      <Zone when={when} />
      <div id="wizard-when-said" role="status">
        {problems.length > 0 && <Suggestions problems={problems} says={said} plan={plan} />}
      </div>
    </Stack>
  );
}

const KNOWN = ["time_in_gap", "time_ambiguous", "time_past"] as const;

/** The server's sentences name instants as programs write them; here they stand on buttons, as people do. */
function saidOf({ code, detail }: ProblemEntry, zone: string, t: Translate): string {
  const known = KNOWN.find((one) => one === code);
  return known ? t(`wizard:when.problem.${known}`, { zone }) : detail;
}

function Chips({ plan }: { plan: (change: Partial<When>) => void }) {
  const { t } = useWords();
  const { state, chosen, accounts } = useWizard();
  const { zone } = state.when;
  const first = chosen[0];
  const account = first ? accountFor(first, accounts, state.draft.accounts[first.name]) : null;
  const slot = useQuery({
    queryKey: ["accounts", account?.id, "next-slot"],
    queryFn: async ({ signal }) => {
      const params = { path: { account_id: account?.id ?? "" }, query: { limit: 1 } };
      return (await answered(api.GET("/api/v1/accounts/{account_id}/slots", { params, signal }))).data[0] ?? null;
    },
    enabled: account !== null,
  });
  const at = (instant: Date, inZone = zone) =>
    plan({ ...wallAt(instant, inZone), zone: inZone, exact: instant.toISOString().replace(".000Z", "Z") });
  return (
    <Group gap="xs">
      <Button
        variant="default"
        radius="xl"
        className={parts["act"]}
        onClick={() => at(roundedAfter(new Date(), HOUR_MS))}
      >
        {t("wizard:when.inAnHour")}
      </Button>
      <Button
        variant="default"
        radius="xl"
        className={parts["act"]}
        onClick={() => plan(tomorrowAt("09:00", zone, new Date()))}
      >
        {t("wizard:when.tomorrow", { time: "9:00" })}
      </Button>
      {slot.data && (
        <Button
          variant="default"
          radius="xl"
          className={parts["act"]}
          onClick={() => {
            if (slot.data) at(new Date(slot.data.schedule_time), slot.data.zone);
          }}
        >
          {t("wizard:when.nextSlot")}
        </Button>
      )}
    </Group>
  );
}

function Zone({ when }: { when: When }) {
  const { t, language } = useWords();
  const instant = chosenInstant(when);
  const viewer = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!instant || Number.isNaN(instant.getTime())) return <Text size="sm">{when.zone}</Text>;
  const elsewhere = offsetAt(instant, viewer) !== offsetAt(instant, when.zone);
  return (
    <Text size="sm" c="dimmed">
      {t("wizard:when.zone", { zone: when.zone, offset: offsetAt(instant, when.zone) })}
      {elsewhere && ` ${t("wizard:when.yours", { time: instantWords(instant, viewer, language, new Date()) })}`}
    </Text>
  );
}

function Suggestions({
  problems,
  says,
  plan,
}: {
  problems: readonly ProblemEntry[];
  says: string;
  plan: (change: Partial<When>) => void;
}) {
  const { t, language } = useWords();
  const { state } = useWizard();
  const { zone } = state.when;
  const times = problems.flatMap(({ suggestions = [] }) => suggestions).filter((one) => !Number.isNaN(Date.parse(one)));
  return (
    <Alert color="red" icon={<CalendarClock aria-hidden />}>
      <Stack gap="sm">
        <Text size="sm">{says}</Text>
        <Group gap="xs">
          {times.map((time) => (
            <Button
              key={time}
              variant="default"
              className={parts["act"]}
              onClick={() => plan({ ...wallAt(new Date(time), zone), exact: time })}
            >
              {instantWords(new Date(time), zone, language, new Date())}
            </Button>
          ))}
          {problems.some(({ code }) => code === "time_past") && (
            <Button variant="default" className={parts["act"]} onClick={() => plan({ act: "now" })}>
              {t("wizard:when.nowInstead")}
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

/** A dry run: the server alone knows which times there are. */
function useTimeProblems(post: Post, when: When): ProblemEntry[] {
  const asked = when.date && when.time ? scheduleTime(when) : "";
  const [settled] = useDebouncedValue(asked, SETTLED_MS);
  const { data } = useQuery({
    queryKey: [...postQuery(post.job_id).queryKey, "dry-run", post.rev, settled, when.zone],
    queryFn: async ({ signal }) => {
      const params = { path: { post_id: post.job_id }, query: { validate_only: true } };
      const body = { schedule_time: settled, zone: when.zone };
      const checked = await answered(api.POST("/api/v1/posts/{post_id}/schedule", { params, body, signal }));
      return checked.problems.filter(({ pointer }) => ["/schedule_time", "/zone", "/time_choice"].includes(pointer));
    },
    enabled: settled !== "" && settled === asked,
  });
  return settled === asked ? (data ?? []) : [];
}
