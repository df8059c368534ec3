// Submitting the last step: save, check again, then publish, schedule or keep as a draft, once.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";

import { postQuery, type Post } from "@/api/posts";
import { Problem } from "@/api/problem";
import { publishPost, revertToDraft, schedulePost } from "@/wizard/publishActions";
import { useWizard } from "@/wizard/useWizard";

/** `onScheduled` is called after the post was scheduled. */
export function useSubmit(onScheduled: () => void) {
  const { state, post, flush, issues } = useWizard();
  const client = useQueryClient();
  const navigate = useNavigate();
  // A ref, because a second press comes before the next render.
  const isRunning = useRef(false);
  const [isSubmitting, setSubmitting] = useState(false);
  const [failedAttempts, setFailedAttempts] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const [isUnsaved, setUnsaved] = useState(false);

  const saveAndSubmit = async () => {
    const isSaved = await flush();
    setUnsaved(!isSaved);
    const saved = post && client.getQueryData(postQuery(post.job_id).queryKey);
    if (!isSaved || !saved) return;
    const { mode } = state.schedule;
    if (mode === "draft") {
      if (saved.status === "scheduled") await revertToDraft(client, saved);
      await navigate({ to: "/posts" });
    } else if (!canSubmit(saved)) setFailedAttempts((attempts) => attempts + 1);
    else if (mode === "now") await publishPost(client, saved);
    else {
      await schedulePost(client, saved, state.schedule);
      onScheduled();
    }
  };
  // The server's problems after the last save count, and those that only the browser finds.
  const canSubmit = (saved: Post) =>
    saved.problems.every(({ pointer }) => pointer === "/schedule_time") &&
    !issues.some(({ severity, isClientSide }) => severity === "error" && isClientSide);
  const submit = async () => {
    if (isRunning.current) return;
    isRunning.current = true;
    setSubmitting(true);
    setError(null);
    try {
      await saveAndSubmit();
    } catch (failure) {
      setError(failure);
    }
    isRunning.current = false;
    setSubmitting(false);
  };
  const isUnanswered = error instanceof Problem && error.unanswered;
  return { submit, isSubmitting, failedAttempts, error, isUnsaved, isUnanswered };
}
