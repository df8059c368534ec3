// The actions available for a post.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { Ban, CalendarClock, Copy, Pencil, RotateCcw, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";

import { duplicatePost, retryPost, revertToDraft, usePostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { CancelDialog } from "@/posts/CancelDialog";
import { DeleteDialog } from "@/posts/DeleteDialog";
import { ScheduleDialog } from "@/posts/ScheduleDialog";
import { useDeletePost } from "@/posts/useDeletePost";
import { Allowed } from "@/ui/Allowed";
import { LinkButton } from "@/ui/LinkButton";
import { availableActions, type AvailableActions } from "@/ui/post/availableActions";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { RepeatButton } from "@/ui/series/RepeatButton";

import styles from "./PostActions.module.css";

export function PostActions({ post }: { post: Post }) {
  const { t } = useMessages();
  const action = usePostChange(post);
  const copy = useDuplicate(post);
  const deletion = useDeletePost(post);
  const [dialog, openDialog] = useState<ActionDialog | null>(null);
  const available = availableActions(post);
  const common = { variant: "default", className: styles["button"] } as const;
  return (
    <Stack gap="sm">
      <Group gap="sm" role="group" aria-label={t("posts:actions.label")}>
        {available.edit && <EditLink post={post} />}
        {available.retry > 1 && (
          <Button
            {...common}
            leftSection={<RotateCcw size={18} aria-hidden />}
            loading={action.isPending}
            onClick={() => action.mutate(retryPost(null))}
          >
            {t("posts:actions.retry", { count: available.retry })}
          </Button>
        )}
        {available.schedule && (
          <Button
            {...common}
            leftSection={<CalendarClock size={18} aria-hidden />}
            onClick={() => openDialog("schedule")}
          >
            {available.revertToDraft ? t("posts:actions.reschedule") : t("posts:actions.schedule")}
          </Button>
        )}
        {available.revertToDraft && (
          <Button
            {...common}
            leftSection={<Undo2 size={18} aria-hidden />}
            loading={action.isPending}
            onClick={() => action.mutate(revertToDraft)}
          >
            {t("posts:actions.revertToDraft")}
          </Button>
        )}
        {available.cancel && (
          <Button {...common} leftSection={<Ban size={18} aria-hidden />} onClick={() => openDialog("cancel")}>
            {post.successful > 0 ? t("posts:actions.cancelRest") : t("posts:actions.cancel")}
          </Button>
        )}
        <RepeatButton post={post} />
        <Allowed to="draft">
          <Button
            {...common}
            leftSection={<Copy size={18} aria-hidden />}
            loading={copy.isPending}
            onClick={() => copy.mutate()}
          >
            {t("posts:actions.duplicate")}
          </Button>
        </Allowed>
        {available.delete && (
          <Button
            {...common}
            leftSection={<Trash2 size={18} aria-hidden />}
            loading={deletion.isPending}
            onClick={() => (isPublishedSomewhere(post) ? openDialog("delete") : deletion.mutate())}
          >
            {t("posts:actions.delete")}
          </Button>
        )}
      </Group>
      <CancelHint available={available} />
      <EditObstacles post={post} />
      <ProblemAlert error={action.error ?? copy.error ?? deletion.error} />
      {dialog !== null && (
        <ActionDialogs dialog={dialog} post={post} deletion={deletion} close={() => openDialog(null)} />
      )}
    </Stack>
  );
}

/** How cancelling differs from reverting to a draft, where both are available. */
function CancelHint({ available }: { available: AvailableActions }) {
  const { t } = useMessages();
  if (!available.revertToDraft || !available.cancel) return null;
  return (
    <Text size="sm" c="dimmed">
      {t("posts:actions.difference")}
    </Text>
  );
}

/** Why the post cannot be edited, each reason of its deliveries once; nothing where it can. */
function EditObstacles({ post }: { post: Post }) {
  const { t } = useMessages();
  const reasons = new Set(
    post.platforms
      .flatMap(({ not_possible }) => not_possible.filter(({ action }) => action === "edit"))
      .map(({ detail }) => detail),
  );
  if (reasons.size === 0 || post.actions.includes("edit")) return null;
  return (
    <Text size="sm" c="dimmed">
      {t("posts:actions.notEditable", { reasons: [...reasons].join(" ") })}
    </Text>
  );
}

type ActionDialog = "schedule" | "cancel" | "delete";

/** Return whether the post is, or may be, public somewhere, where deleting it here does not remove it. */
function isPublishedSomewhere(post: Post): boolean {
  return post.platforms.some(({ state }) => state === "published" || state === "unconfirmed");
}

interface DialogProps {
  dialog: ActionDialog;
  post: Post;
  deletion: ReturnType<typeof useDeletePost>;
  close: () => void;
}

function ActionDialogs({ dialog, post, deletion, close }: DialogProps) {
  if (dialog === "schedule") return <ScheduleDialog post={post} close={close} />;
  if (dialog === "cancel") return <CancelDialog post={post} close={close} />;
  return <DeleteDialog post={post} deletion={deletion} close={close} />;
}

function EditLink({ post }: { post: Post }) {
  const { t } = useMessages();
  return (
    <LinkButton
      to="/posts/$id/edit"
      params={{ id: post.job_id }}
      leftSection={<Pencil size={18} aria-hidden />}
      className={styles["button"]}
    >
      {post.status === "draft" ? t("posts:actions.continue") : t("posts:actions.edit")}
    </LinkButton>
  );
}

function useDuplicate(post: Post) {
  const router = useRouter();
  return useMutation({
    mutationFn: () => duplicatePost(post),
    onSuccess: (copy) => router.navigate({ to: "/posts/$id/edit", params: { id: copy.job_id } }),
  });
}
