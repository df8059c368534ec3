// Step 4: a last look, then the one act. Reaching it sends nothing: only its own button does, and it says what.
import { Alert, Button, Group, Radio, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { CalendarCheck, CalendarClock, FilePen, Send } from "lucide-react";
import { useState } from "react";

import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { LiveProgress } from "@/ui/post/LiveProgress";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { takeBack } from "@/wizard/acts";
import { Checklist } from "@/wizard/Checklist";
import { NotYet } from "@/wizard/NotYet";
import { canGoOut } from "@/wizard/outcomes";
import parts from "@/wizard/Parts.module.css";
import styles from "@/wizard/Publish.module.css";
import type { Act, When } from "@/wizard/state";
import { chosenInstant, instantWords, tomorrowAt, wallWords } from "@/wizard/times";
import { useActing } from "@/wizard/useActing";
import { useWizard } from "@/wizard/useWizard";
import { WhenPicker } from "@/wizard/WhenPicker";

export function PublishStep() {
  const { post } = useWizard();
  if (!post) return <NotYet />;
  // All that could go out went, and some of it failed: what is to be done is beside each.
  if (!canGoOut(post)) return <LiveProgress postId={post.job_id} />;
  return <Decide post={post} />;
}

function Decide({ post }: { post: Post }) {
  const { t } = useWords();
  const { state } = useWizard();
  const acting = useActing();
  return (
    <Stack gap="lg">
      {post.status === "scheduled" && <Scheduled post={post} />}
      <div className={parts["card"]}>
        <Checklist tried={acting.tried} />
      </div>
      <section className={parts["card"]} aria-labelledby="wizard-act">
        <Title order={2} size="h4" id="wizard-act">
          {t("wizard:act.title")}
        </Title>
        <Acts />
        {state.when.act === "schedule" && <WhenPicker post={post} />}
        <ProblemAlert error={acting.error} />
        <div role="status">{acting.unsaved && <Text size="sm">{t("wizard:act.unsaved")}</Text>}</div>
        {acting.unanswered && <Text size="sm">{t("wizard:act.unanswered")}</Text>}
        <div>
          {/* Its own place and key: nothing that stood here before can be pressed for it. */}
          <Button
            key="act"
            size="md"
            className={styles["act"]}
            leftSection={<ActIcon act={state.when.act} />}
            loading={acting.busy}
            onClick={() => void acting.act()}
          >
            <ActLabel scheduled={post.status === "scheduled"} />
          </Button>
        </div>
      </section>
    </Stack>
  );
}

const ACTS: readonly Act[] = ["now", "schedule", "draft"];

function Acts() {
  const { t } = useWords();
  const { state, dispatch } = useWizard();
  const { when } = state;
  const choose = (act: Act) => {
    // A time to begin with, to be changed; better than an empty field.
    const time = act === "schedule" && when.date === "" ? tomorrowAt("09:00", when.zone, new Date()) : {};
    dispatch({ type: "planned", when: { ...time, act } satisfies Partial<When> });
  };
  return (
    <Radio.Group
      aria-labelledby="wizard-act"
      value={when.act}
      onChange={(value) => {
        const act = ACTS.find((one) => one === value);
        if (act) choose(act);
      }}
    >
      <Stack gap="xs">
        {ACTS.map((act) => (
          <Radio
            key={act}
            value={act}
            size="md"
            label={t(`wizard:act.${act}`)}
            description={t(`wizard:act.${act}Says`)}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function ActIcon({ act }: { act: Act }) {
  const Icon = { now: Send, schedule: CalendarClock, draft: FilePen }[act];
  return <Icon size={18} aria-hidden />;
}

function ActLabel({ scheduled }: { scheduled: boolean }) {
  const { t, language } = useWords();
  const { state, chosen } = useWizard();
  const { act, date, time } = state.when;
  if (act === "now")
    return chosen.length > 0 ? t("wizard:act.publishOn", { number: chosen.length }) : t("wizard:act.now");
  if (act === "draft") return t("wizard:act.keepDraft");
  if (!date || !time) return t("wizard:act.schedule");
  const when = wallWords(date, time, language, new Date());
  return t(scheduled ? "wizard:act.moveTo" : "wizard:act.scheduleFor", { when });
}

function Scheduled({ post }: { post: Post }) {
  const { t, language } = useWords();
  const client = useQueryClient();
  const { state, dispatch } = useWizard();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const zone = post.zone ?? state.when.zone;
  const instant = post.schedule_time ? new Date(post.schedule_time) : chosenInstant(state.when);
  const undo = async () => {
    setBusy(true);
    try {
      await takeBack(client, post);
      dispatch({ type: "planned", when: { act: "draft" } });
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <>
      <ProblemAlert error={error} />
      <Alert role="status" color="green" icon={<CalendarCheck aria-hidden />} title={t("wizard:outcome.scheduled")}>
        <Group justify="space-between">
          <Text>{instant && `${instantWords(instant, zone, language, new Date())}, ${zone}`}</Text>
          <Button variant="default" className={parts["act"]} loading={busy} onClick={() => void undo()}>
            {t("wizard:outcome.unschedule")}
          </Button>
        </Group>
      </Alert>
    </>
  );
}
