// Deletes a post at once, and offers to restore it for ten seconds; the server keeps it for thirty days.
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";

import { deletePost, restorePost } from "@/api/post-actions";
import { POSTS, postQuery, type Post } from "@/api/posts";
import type { Translate } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";
import { problemMessage } from "@/ui/ProblemAlert";

const UNDO_MS = 10_000;

export function useDeletePost(post: Post) {
  const { t } = useMessages();
  const client = useQueryClient();
  const router = useRouter();
  const id = post.job_id;
  const undo = async () => {
    notifications.hide(id);
    try {
      client.setQueryData(postQuery(id).queryKey, await restorePost(id));
      await client.invalidateQueries({ queryKey: POSTS });
      await router.navigate({ to: "/posts/$id", params: { id } });
    } catch (error) {
      notifications.show({
        color: "red",
        title: t("posts:deleted.notRestored"),
        message: problemMessage(error, t),
        ...closeButton(t),
      });
    }
  };
  return useMutation({
    mutationFn: () => deletePost(id),
    onSuccess: async () => {
      await router.navigate({ to: "/posts" });
      client.removeQueries({ queryKey: postQuery(id).queryKey });
      void client.invalidateQueries({ queryKey: POSTS });
      const message = (
        <UndoOffer text={t("posts:deleted.done")} label={t("posts:deleted.undo")} onUndo={() => void undo()} />
      );
      notifications.show({ id, message, autoClose: UNDO_MS, ...closeButton(t) });
    },
  });
}

function closeButton(t: Translate) {
  return { closeButtonProps: { "aria-label": t("ui:close") } };
}

function UndoOffer({ text, label, onUndo }: { text: string; label: string; onUndo: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{text}</Text>
      <Button variant="default" onClick={onUndo} mih="2.75rem">
        {label}
      </Button>
    </Group>
  );
}
