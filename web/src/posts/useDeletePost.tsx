// Deletes a post at once, and offers to restore it for ten seconds; the server keeps it for thirty days.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";

import { deletePost, restorePost } from "@/api/post-actions";
import { POSTS, postQuery, type Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { showUndo } from "@/ui/showUndo";

export function useDeletePost(post: Post) {
  const { t } = useMessages();
  const client = useQueryClient();
  const router = useRouter();
  const id = post.job_id;
  const undo = async () => {
    client.setQueryData(postQuery(id).queryKey, await restorePost(id));
    await client.invalidateQueries({ queryKey: POSTS });
    await router.navigate({ to: "/posts/$id", params: { id } });
  };
  return useMutation({
    mutationFn: () => deletePost(id),
    onSuccess: async () => {
      await router.navigate({ to: "/posts" });
      client.removeQueries({ queryKey: postQuery(id).queryKey });
      void client.invalidateQueries({ queryKey: POSTS });
      showUndo({ id, text: t("posts:deleted.done"), undo, failureTitle: t("posts:deleted.notRestored") }, t);
    },
  });
}
