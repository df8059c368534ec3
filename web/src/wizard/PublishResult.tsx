// After the act: seconds to take it back, then how it is getting on, platform by platform.
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Undo2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { LiveProgress } from "@/ui/post/LiveProgress";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { takeBack, undoUntil } from "@/wizard/acts";
import styles from "@/wizard/Parts.module.css";

export function Outcome({ post }: { post: Post }) {
  const { t } = useWords();
  return (
    <Stack gap="lg">
      <UndoBar post={post} />
      <LiveProgress postId={post.job_id} />
      <Group>
        <Button component={Link} to={`/posts/${post.job_id}`} variant="default" className={styles["act"]}>
          {t("wizard:outcome.see")}
        </Button>
        <Button component={Link} to="/posts/new" variant="default" className={styles["act"]}>
          {t("wizard:outcome.another")}
        </Button>
      </Group>
    </Stack>
  );
}

function UndoBar({ post }: { post: Post }) {
  const { t } = useWords();
  const client = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const seconds = useSecondsLeft(post.job_id);
  const going = post.platforms.filter(({ state }) => state !== "cancelled");
  const waits = seconds > 0 && going.every(({ state }) => state === "queued");
  const button = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone: keyboards go on where it can be taken back.
  useEffect(() => {
    if (!waits) return;
    button.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [waits]);
  const undo = async () => {
    setBusy(true);
    try {
      await takeBack(client, post);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <>
      <ProblemAlert error={error} />
      {waits && (
        <Alert color="tawny" icon={<Undo2 aria-hidden />}>
          <Group justify="space-between">
            {/* Said once, and not at each second. */}
            <Text role="status" aria-live="polite" aria-atomic="false" fw={600}>
              {t("wizard:outcome.begins")} <span aria-hidden>{t("wizard:outcome.in", { seconds })}</span>
            </Text>
            <Button ref={button} className={styles["act"]} loading={busy} onClick={() => void undo()}>
              {t("wizard:outcome.undo")}
            </Button>
          </Group>
        </Alert>
      )}
    </>
  );
}

/** Whole seconds until the act can no longer be taken back. */
function useSecondsLeft(postId: string): number {
  const left = () => Math.max(0, Math.ceil(((undoUntil(postId) ?? 0) - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(left()), 250);
    return () => clearInterval(timer);
  });
  return seconds;
}
