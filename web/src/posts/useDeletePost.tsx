// Deleting a post acts at once, and for ten seconds offers to take it back; the server keeps it for thirty days.
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";

import { remove, restore } from "@/api/post-actions";
import { POSTS, postQuery, type Post } from "@/api/posts";
import type { Translate } from "@/i18n/keys";
import { useWords } from "@/i18n/useWords";
import { saidOf } from "@/ui/ProblemAlert";

const OFFERED_MS = 10_000;

export function useRemovePost(post: Post) {
  const { t } = useWords();
  const client = useQueryClient();
  const router = useRouter();
  const id = post.job_id;
  const bringBack = async () => {
    notifications.hide(id);
    try {
      client.setQueryData(postQuery(id).queryKey, await restore(id));
      await client.invalidateQueries({ queryKey: POSTS });
      await router.navigate({ to: "/posts/$id", params: { id } });
    } catch (error) {
      notifications.show({
        color: "red",
        title: t("posts:deleted.notRestored"),
        message: saidOf(error, t),
        ...closing(t),
      });
    }
  };
  return useMutation({
    mutationFn: () => remove(id),
    onSuccess: async () => {
      await router.navigate({ to: "/posts" });
      client.removeQueries({ queryKey: postQuery(id).queryKey });
      void client.invalidateQueries({ queryKey: POSTS });
      const message = (
        <Offer says={t("posts:deleted.says")} undo={t("posts:deleted.undo")} act={() => void bringBack()} />
      );
      notifications.show({ id, message, autoClose: OFFERED_MS, ...closing(t) });
    },
  });
}

function closing(t: Translate) {
  return { closeButtonProps: { "aria-label": t("ui:close") } };
}

function Offer({ says, undo, act }: { says: string; undo: string; act: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{says}</Text>
      <Button variant="default" onClick={act} mih="2.75rem">
        {undo}
      </Button>
    </Group>
  );
}
