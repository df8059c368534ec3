// Step 4: a last check, then publish, schedule or keep as a draft. Only the step's own button sends anything.
import { Radio, Stack, Text, Title, Button } from "@mantine/core";
import { CalendarClock, FilePen, Send } from "lucide-react";
import { useState } from "react";

import type { Post } from "@/api/posts";
import { useMay, useSession } from "@/api/session";
import { formatWallTime } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { LiveProgress } from "@/ui/post/LiveProgress";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { ApprovalNotice } from "@/wizard/ApprovalNotice";
import { Checklist } from "@/wizard/Checklist";
import section from "@/wizard/Section.module.css";
import styles from "@/wizard/Publish.module.css";
import { canPublish } from "@/wizard/publishState";
import { ScheduledResult } from "@/wizard/ScheduledResult";
import { SchedulePicker } from "@/wizard/SchedulePicker";
import type { PublishMode, Schedule } from "@/wizard/state";
import { useSubmit } from "@/wizard/useSubmit";
import { resolveAccounts, useWizard } from "@/wizard/useWizard";
import { WaitingForServer } from "@/wizard/WaitingForServer";
import { tomorrowAt } from "@/wizard/wallTime";

export function PublishStep() {
  const { post } = useWizard();
  const [wasScheduled, setWasScheduled] = useState(false);
  if (!post) return <WaitingForServer />;
  // Everything was sent and some of it failed: each delivery shows how to recover.
  if (!canPublish(post)) return <LiveProgress postId={post.job_id} />;
  if (wasScheduled && post.status === "scheduled")
    return <ScheduledResult post={post} onChange={() => setWasScheduled(false)} />;
  return <PublishForm post={post} onScheduled={() => setWasScheduled(true)} />;
}

function PublishForm({ post, onScheduled }: { post: Post; onScheduled: () => void }) {
  const { t } = useMessages();
  const { state } = useWizard();
  const submission = useSubmit(onScheduled);
  const isScheduled = post.status === "scheduled";
  const mayApprove = useMay("approve");
  const needsApproval = useSession().workspace.approval_required && !mayApprove && post.approval !== "approved";
  return (
    <Stack gap="lg">
      {isScheduled && <ScheduledResult post={post} />}
      <div className={section["card"]}>
        <Checklist failedAttempts={submission.failedAttempts} />
      </div>
      <section className={section["card"]} aria-labelledby="wizard-publish">
        <Title order={2} size="h4" id="wizard-publish">
          {t("wizard:publish.title")}
        </Title>
        <PublishModeChoice />
        {state.schedule.mode === "schedule" && <SchedulePicker post={post} />}
        {needsApproval && <ApprovalNotice postId={post.job_id} />}
        <ProblemAlert error={submission.error} />
        <div role="status">{submission.isUnsaved && <Text size="sm">{t("wizard:publish.unsaved")}</Text>}</div>
        {submission.isUnanswered && <Text size="sm">{t("wizard:publish.unanswered")}</Text>}
        <div>
          {/* In a place where no Next button stood, so that a double click on Next cannot hit it. */}
          <Button
            key="submit"
            size="md"
            className={styles["submit"]}
            leftSection={<PublishModeIcon mode={state.schedule.mode} />}
            loading={submission.isSubmitting}
            onClick={() => void submission.submit()}
          >
            <SubmitLabel isScheduled={isScheduled} />
          </Button>
        </div>
      </section>
    </Stack>
  );
}

const MODES: readonly PublishMode[] = ["now", "schedule", "draft"];

function PublishModeChoice() {
  const { t } = useMessages();
  const { state, dispatch } = useWizard();
  const { schedule } = state;
  const choose = (mode: PublishMode) => {
    // A preset that can be changed, instead of empty fields.
    const preset = mode === "schedule" && schedule.date === "" ? tomorrowAt("09:00", schedule.zone, new Date()) : {};
    dispatch({ type: "scheduleChanged", change: { ...preset, mode } satisfies Partial<Schedule> });
  };
  return (
    <Radio.Group
      aria-labelledby="wizard-publish"
      value={schedule.mode}
      onChange={(value) => {
        const mode = MODES.find((known) => known === value);
        if (mode) choose(mode);
      }}
    >
      <Stack gap="xs">
        {MODES.map((mode) => (
          <Radio
            key={mode}
            value={mode}
            size="md"
            label={t(`wizard:publish.${mode}`)}
            description={t(`wizard:publish.${mode}Hint`)}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function PublishModeIcon({ mode }: { mode: PublishMode }) {
  const Icon = { now: Send, schedule: CalendarClock, draft: FilePen }[mode];
  return <Icon size={18} aria-hidden />;
}

function SubmitLabel({ isScheduled }: { isScheduled: boolean }) {
  const { t, locale } = useMessages();
  const { state, chosen, accounts } = useWizard();
  const { mode, date, time } = state.schedule;
  if (mode === "now") {
    // A platform whose account is not chosen yet counts as one.
    const counts = chosen.map((one) => resolveAccounts(one, accounts, state.draft.accounts[one.name]).length || 1);
    const destinations = counts.reduce((sum, count) => sum + count, 0);
    if (destinations > chosen.length) return t("wizard:publish.publishTo", { count: destinations });
    return chosen.length > 0 ? t("wizard:publish.publishOn", { count: chosen.length }) : t("wizard:publish.now");
  }
  if (mode === "draft") return t("wizard:publish.keepDraft");
  if (!date || !time) return t("wizard:publish.schedule");
  const wallTime = formatWallTime(date, time, locale, new Date());
  return t(isScheduled ? "wizard:publish.moveTo" : "wizard:publish.scheduleFor", { time: wallTime });
}
