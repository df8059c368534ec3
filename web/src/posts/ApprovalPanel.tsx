// The approval of a post: its state, the comments, what the person can do, and links for people without an account.
import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { BadgeCheck, MessageSquare, Send, Undo2, type LucideIcon } from "lucide-react";
import { useState } from "react";

import type { Post } from "@/api/posts";
import { useMay } from "@/api/session";
import type { MessageKey } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";
import { approvalQuery, useApprovalStep, type Approval, type ApprovalStep } from "@/posts/approval-calls";
import { ApprovalLinks } from "@/posts/ApprovalLinks";
import { ApprovalBadge } from "@/ui/approval/ApprovalBadge";
import { CommentList } from "@/ui/approval/CommentList";
import { Allowed } from "@/ui/Allowed";
import { useDateTime } from "@/ui/DateTime";
import { Notice } from "@/ui/Notice";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./ApprovalPanel.module.css";

export function ApprovalPanel({ post }: { post: Post }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const { data: approval, error, refetch } = useQuery(approvalQuery(post.job_id));
  // There is nothing to approve of what is out or was given up, but what was said stays readable.
  const isOver = ["published", "cancelled", "publishing"].includes(post.status);
  if (isOver && (!approval || (approval.state === "none" && approval.comments.length === 0))) return null;
  return (
    <Panel title={t("approval:title")} action={approval && <ApprovalBadge state={approval.state} />}>
      <Stack gap="md">
        <ProblemAlert error={error} retry={() => void refetch()} />
        {approval && (
          <>
            <Explanation approval={approval} isScheduled={post.status === "scheduled"} />
            <CommentList comments={approval.comments} format={format} />
            {!isOver && <Steps post={post} approval={approval} />}
            {!isOver && (
              <Allowed to="approve">
                <ApprovalLinks postId={post.job_id} links={approval.links} />
              </Allowed>
            )}
          </>
        )}
      </Stack>
    </Panel>
  );
}

function Explanation({ approval, isScheduled }: { approval: Approval; isScheduled: boolean }) {
  const { t } = useMessages();
  const { state, required, pictures_ready } = approval;
  return (
    <>
      <Text>
        <StateText approval={approval} />
      </Text>
      {required && isScheduled && state !== "approved" && <Notice tone="warn">{t("approval:panel.missed")}</Notice>}
      {!pictures_ready && state === "requested" && (
        <Notice tone="plain" announced>
          {t("approval:panel.picturesMissing")}
        </Notice>
      )}
    </>
  );
}

function StateText({ approval }: { approval: Approval }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const said = (name: string | null, at: string | null) => ({
    name: name ?? "Araldo",
    time: at === null ? "" : format(at),
  });
  const decided = said(approval.decided_by, approval.decided_at);
  switch (approval.state) {
    case "none":
      return t(approval.required ? "approval:panel.required" : "approval:panel.optional");
    case "requested":
      return t("approval:panel.requestedBy", said(approval.requested_by, approval.requested_at));
    case "approved":
      return t("approval:panel.approvedBy", decided);
    case "sent_back":
      return t("approval:panel.sentBackBy", decided);
    case "withdrawn":
      return t("approval:panel.withdrawn");
  }
}

type Step = ApprovalStep["step"];
const LABELS: Record<Step, MessageKey> = {
  request: "approval:panel.request",
  approve: "approval:panel.approve",
  send_back: "approval:panel.sendBack",
  comment: "approval:panel.addComment",
};
const ICONS: Record<Step, LucideIcon> = {
  request: Send,
  approve: BadgeCheck,
  send_back: Undo2,
  comment: MessageSquare,
};

/** The comment, and a button for each step that the server allows. */
function Steps({ post, approval }: { post: Post; approval: Approval }) {
  const { t } = useMessages();
  const [comment, setComment] = useState("");
  const change = useApprovalStep(post.job_id);
  const [drafts, publishes] = [useMay("draft"), useMay("publish")];
  if (!drafts && !publishes) return null;
  const run = (step: Step) =>
    change.mutate({ step, comment: comment.trim(), version: approval.version }, { onSuccess: () => setComment("") });
  const expected = expectedStep(approval);
  return (
    <>
      <Textarea
        label={t("approval:panel.comment")}
        description={t("approval:panel.commentHint")}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={4000}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <ProblemAlert error={change.error} />
      <Group gap="sm">
        {[...approval.actions, "comment" as const].map((step) => {
          const Icon = ICONS[step];
          return (
            <Button
              key={step}
              className={styles["button"]}
              variant={step === expected ? "filled" : "default"}
              leftSection={<Icon size={18} aria-hidden />}
              loading={change.isPending && change.variables.step === step}
              disabled={change.isPending || (step === "comment" && comment.trim() === "")}
              onClick={() => run(step)}
            >
              {t(LABELS[step])}
            </Button>
          );
        })}
      </Group>
    </>
  );
}

/** The step that comes next: the answer to a request, or a request where the workspace wants one. */
function expectedStep({ state, required, actions }: Approval): Step | null {
  if (state === "requested") return "approve";
  if (!required) return null;
  return actions.includes("request") ? "request" : "approve";
}
