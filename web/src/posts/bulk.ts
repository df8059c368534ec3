// Actions on many posts, one after the other: what was done, and what failed for which post and why.
import type { QueryClient } from "@tanstack/react-query";

import {
  changeVersion,
  deletePost,
  duplicatePost,
  restorePost,
  retryPost,
  revertToDraft,
  runPostChange,
  schedulePost,
} from "@/api/post-actions";
import { POSTS, type Post } from "@/api/posts";
import { addDays } from "@/i18n/dates";
import { wallTimeAt } from "@/i18n/dateTime";
import { availableActions, isMovable } from "@/ui/post/availableActions";

export type BulkAction =
  | { name: "schedule" }
  | { name: "shift"; days: number }
  | { name: "retry" }
  | { name: "duplicate" }
  | { name: "delete" };

export interface BulkResult {
  action: BulkAction;
  /** The posts as they were, and as the server answered them; null when the post is gone. */
  done: { before: Post; after: Post | null }[];
  /** `error` null: the action does not apply to the post. */
  failed: { post: Post; error: unknown }[];
}

/** Return whether the action applies to the post, by the server's answer. */
export function isApplicable({ name }: BulkAction, post: Post): boolean {
  const available = availableActions(post);
  if (name === "schedule") return available.schedule && post.status !== "scheduled";
  if (name === "shift") return isMovable(post);
  if (name === "retry") return available.retry > 0;
  return name === "duplicate" || available.delete;
}

/** Return the time `days` later at the same wall time in the post's zone. `zone`: of posts that have none. */
export function shiftedTime(post: Pick<Post, "schedule_time" | "zone">, days: number, zone: string) {
  const own = post.zone ?? zone;
  const { date, time } = wallTimeAt(new Date(post.schedule_time ?? 0), own);
  return { schedule_time: `${addDays(date, days)}T${time}:00`, zone: own };
}

/** Run the action on each post. A failure does not stop the others. `onProgress`: how many are finished. */
export async function runBulk(
  client: QueryClient,
  posts: readonly Post[],
  action: BulkAction,
  zone: string,
  onProgress: (finished: number) => void,
): Promise<BulkResult> {
  const result: BulkResult = { action, done: [], failed: [] };
  for (const [finished, post] of posts.entries()) {
    onProgress(finished);
    if (!isApplicable(action, post)) result.failed.push({ post, error: null });
    else
      try {
        result.done.push({ before: post, after: await runOne(client, post, action, zone) });
      } catch (error) {
        result.failed.push({ post, error });
      }
  }
  await client.invalidateQueries({ queryKey: POSTS });
  return result;
}

async function runOne(client: QueryClient, post: Post, action: BulkAction, zone: string): Promise<Post | null> {
  switch (action.name) {
    case "schedule":
      return runPostChange(client, post, schedulePost({ time: "next_free_slot", zone: undefined }));
    case "shift":
      return setTime(client, post, shiftedTime(post, action.days, zone));
    case "retry":
      return runPostChange(client, post, retryPost(null));
    case "duplicate":
      return duplicatePost(post);
    case "delete":
      await deletePost(post.job_id);
      return null;
  }
}

/** Return whether the action can be undone: publishing again cannot. */
export function canUndo({ action: { name }, done }: BulkResult): boolean {
  return name !== "retry" && done.length > 0;
}

/** Undo what was done; return the posts for which that failed. */
export async function undoBulk(client: QueryClient, { action, done }: BulkResult, zone: string): Promise<Post[]> {
  const failed: Post[] = [];
  for (const { before, after } of done)
    try {
      await undoOne(client, action, before, after, zone);
    } catch {
      failed.push(before);
    }
  await client.invalidateQueries({ queryKey: POSTS });
  return failed;
}

async function undoOne(client: QueryClient, { name }: BulkAction, before: Post, after: Post | null, zone: string) {
  if (name === "delete") await restorePost(before.job_id);
  else if (after === null) return;
  else if (name === "duplicate") await deletePost(after.job_id);
  else if (name === "schedule") await runPostChange(client, after, revertToDraft);
  else if (before.schedule_time !== null)
    await setTime(client, after, { schedule_time: before.schedule_time, zone: before.zone ?? zone });
}

/** Set the time, unless somebody else has changed it. */
function setTime(client: QueryClient, post: Post, time: { schedule_time: string; zone: string }): Promise<Post> {
  return runPostChange(client, post, () =>
    changeVersion(post, (now) => (now.schedule_time === post.schedule_time && isMovable(now) ? time : null)),
  );
}
