// The selection in the list of posts, and the bulk action that runs on it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { canUndo, runBulk, undoBulk, type BulkAction, type BulkResult } from "@/posts/bulk";
import { useDateTime } from "@/ui/DateTime";
import { postTitle } from "@/ui/post/title";
import { showFailure, showUndo } from "@/ui/showUndo";

/** `posts`: those in the list; of the selection only they count. */
export function useBulk(posts: readonly Post[]) {
  const { t } = useMessages();
  const { zone } = useDateTime();
  const client = useQueryClient();
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [finished, setFinished] = useState(0);
  const [result, setResult] = useState<BulkResult | null>(null);
  const selected = posts.filter(({ job_id }) => ids.has(job_id));
  const undo = async (done: BulkResult) => {
    const failed = await undoBulk(client, done, zone);
    if (failed.length === 0) return;
    const titles = failed.map((post) => postTitle(post) || t("post:untitled")).join(", ");
    showFailure(t("posts:bulk.notUndone"), t("posts:bulk.notUndoneHint", { titles }), t);
  };
  const mutation = useMutation({
    mutationFn: (action: BulkAction) => runBulk(client, selected, action, zone, setFinished),
    onMutate: () => setResult(null),
    onSuccess: (done) => {
      setResult(done.failed.length > 0 || !canUndo(done) ? done : null);
      // What failed stays selected, to be tried in another way.
      setIds(new Set(done.failed.map(({ post }) => post.job_id)));
      if (!canUndo(done)) return;
      const text = t(`posts:bulk.done.${done.action.name}`, { count: done.done.length });
      showUndo({ id: "bulk", text, undo: () => undo(done), failureTitle: t("posts:bulk.notUndone") }, t);
    },
  });
  const toggle = (id: string) =>
    setIds((before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id]));
  return {
    ids,
    selected,
    toggle,
    selectAll: () => setIds(new Set(posts.map(({ job_id }) => job_id))),
    clear: () => setIds(new Set()),
    run: mutation.mutate,
    progress: mutation.isPending ? finished + 1 : null,
    result,
    dismiss: () => setResult(null),
  };
}

export type Bulk = ReturnType<typeof useBulk>;
