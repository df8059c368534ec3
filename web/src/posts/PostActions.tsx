// What can be done with a post as it stands.
import { Button, Group, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { Ban, CalendarClock, Copy, Pencil, RotateCcw, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";

import { duplicate, retry, takeBack, usePostAction } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { CancelDialog } from "@/posts/CancelDialog";
import { DeleteDialog } from "@/posts/DeleteDialog";
import { ScheduleDialog } from "@/posts/ScheduleDialog";
import { useRemovePost } from "@/posts/useRemovePost";
import { LinkButton } from "@/ui/LinkButton";
import { possible } from "@/ui/post/possible";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./PostActions.module.css";

export function PostActions({ post }: { post: Post }) {
  const { t } = useWords();
  const act = usePostAction(post);
  const copy = useDuplicate(post);
  const removal = useRemovePost(post);
  const [asking, ask] = useState<Question | null>(null);
  const may = possible(post);
  const common = { variant: "default", className: styles["button"] } as const;
  return (
    <Stack gap="sm">
      <Group gap="sm" role="group" aria-label={t("posts:actions.label")}>
        {may.edit && <EditLink post={post} />}
        {may.retry > 1 && (
          <Button
            {...common}
            leftSection={<RotateCcw size={18} aria-hidden />}
            loading={act.isPending}
            onClick={() => act.mutate(retry(null))}
          >
            {t("posts:actions.retry", { count: may.retry })}
          </Button>
        )}
        {may.schedule && (
          <Button {...common} leftSection={<CalendarClock size={18} aria-hidden />} onClick={() => ask("plan")}>
            {may.takeBack ? t("posts:actions.reschedule") : t("posts:actions.schedule")}
          </Button>
        )}
        {may.takeBack && (
          <Button
            {...common}
            leftSection={<Undo2 size={18} aria-hidden />}
            loading={act.isPending}
            onClick={() => act.mutate(takeBack)}
          >
            {t("posts:actions.takeBack")}
          </Button>
        )}
        {may.cancel && (
          <Button {...common} leftSection={<Ban size={18} aria-hidden />} onClick={() => ask("cancel")}>
            {post.successful > 0 ? t("posts:actions.cancelRest") : t("posts:actions.cancel")}
          </Button>
        )}
        <Button
          {...common}
          leftSection={<Copy size={18} aria-hidden />}
          loading={copy.isPending}
          onClick={() => copy.mutate()}
        >
          {t("posts:actions.duplicate")}
        </Button>
        {may.remove && (
          <Button
            {...common}
            leftSection={<Trash2 size={18} aria-hidden />}
            loading={removal.isPending}
            onClick={() => (staysOut(post) ? ask("delete") : removal.mutate())}
          >
            {t("posts:actions.delete")}
          </Button>
        )}
      </Group>
      <ProblemAlert error={act.error ?? copy.error ?? removal.error} />
      {asking !== null && <ConfirmAction what={asking} post={post} removal={removal} close={() => ask(null)} />}
    </Stack>
  );
}

type Question = "plan" | "cancel" | "delete";

/** What is out somewhere stays there; all else can be brought back. */
function staysOut(post: Post): boolean {
  return post.platforms.some(({ state }) => state === "published" || state === "unconfirmed");
}

interface ConfirmActionProps {
  what: Question;
  post: Post;
  removal: ReturnType<typeof useRemovePost>;
  close: () => void;
}

function ConfirmAction({ what, post, removal, close }: ConfirmActionProps) {
  if (what === "plan") return <ScheduleDialog post={post} close={close} />;
  if (what === "cancel") return <CancelDialog post={post} close={close} />;
  return <DeleteDialog post={post} removal={removal} close={close} />;
}

function EditLink({ post }: { post: Post }) {
  const { t } = useWords();
  return (
    <LinkButton
      to="/posts/$id/edit"
      params={{ id: post.job_id }}
      leftSection={<Pencil size={18} aria-hidden />}
      className={styles["button"]}
    >
      {post.status === "draft" ? t("posts:actions.goOn") : t("posts:actions.edit")}
    </LinkButton>
  );
}

function useDuplicate(post: Post) {
  const router = useRouter();
  return useMutation({
    mutationFn: () => duplicate(post),
    onSuccess: (copy) => router.navigate({ to: "/posts/$id/edit", params: { id: copy.job_id } }),
  });
}
