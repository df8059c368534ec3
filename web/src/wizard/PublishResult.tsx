// After publishing: seconds to undo it, then the progress on each platform.
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { LiveProgress } from "@/ui/post/LiveProgress";
import { ProblemAlert } from "@/ui/ProblemAlert";
import section from "@/wizard/Section.module.css";
import { revertToDraft, undoDeadline } from "@/wizard/publishActions";
import { ResultLinks } from "@/wizard/ResultLinks";

export function PublishResult({ post }: { post: Post }) {
  return (
    <Stack gap="lg">
      <UndoBar post={post} />
      <LiveProgress postId={post.job_id} />
      <ResultLinks postId={post.job_id} />
    </Stack>
  );
}

function UndoBar({ post }: { post: Post }) {
  const { t } = useMessages();
  const client = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const [isPending, setPending] = useState(false);
  const seconds = useSecondsLeft(post.job_id);
  const canUndo = seconds > 0 && post.actions.includes("undo");
  const button = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone: move the focus to Undo.
  useEffect(() => {
    if (!canUndo) return;
    button.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [canUndo]);
  const undo = async () => {
    setPending(true);
    try {
      await revertToDraft(client, post);
    } catch (failure) {
      setError(failure);
      setPending(false);
    }
  };
  return (
    <>
      <ProblemAlert error={error} />
      {canUndo && (
        <Alert color="tawny" icon={<Undo2 aria-hidden />}>
          <Group justify="space-between">
            {/* Announced once, not at every second. */}
            <Text role="status" aria-live="polite" aria-atomic="false" fw={600}>
              {t("wizard:result.starting")} <span aria-hidden>{t("wizard:result.seconds", { seconds })}</span>
            </Text>
            <Button ref={button} className={section["button"]} loading={isPending} onClick={() => void undo()}>
              {t("wizard:result.undo")}
            </Button>
          </Group>
        </Alert>
      )}
    </>
  );
}

/** Return the whole seconds until the publish can no longer be undone. */
function useSecondsLeft(postId: string): number {
  const left = () => Math.max(0, Math.ceil(((undoDeadline(postId) ?? 0) - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(left()), 250);
    return () => clearInterval(timer);
  });
  return seconds;
}
