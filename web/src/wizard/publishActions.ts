// The actions of the last step: publish (with seconds to undo), schedule, and revert to a draft. Each is idempotent.
import type { QueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import { runPostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { sendOnce } from "@/wizard/remote";
import type { Schedule } from "@/wizard/state";
import { scheduleTime } from "@/wizard/wallTime";

export const UNDO_S = 5;
const UNDO_DEADLINE = "araldo.undo.";

export async function publishPost(client: QueryClient, post: Post): Promise<Post> {
  // Stored before the request, because its answer may be lost.
  sessionStorage.setItem(UNDO_DEADLINE + post.job_id, String(Date.now() + UNDO_S * 1000));
  // An edit or an undo raises the post's rev: publishing after that is another intent.
  return await sendAndRefresh(client, post, `publish/${post.job_id}/${post.rev}`, (header) => {
    const params = { path: { post_id: post.job_id }, header };
    return unwrap(api.POST("/api/v1/posts/{post_id}/publish", { params, body: { undo_s: UNDO_S } }));
  });
}

export async function schedulePost(client: QueryClient, post: Post, schedule: Schedule): Promise<Post> {
  const body = { schedule_time: scheduleTime(schedule), zone: schedule.zone };
  const intent = `schedule/${post.job_id}/${post.rev}/${body.schedule_time}/${body.zone}`;
  return await sendAndRefresh(client, post, intent, (header) => {
    const params = { path: { post_id: post.job_id }, header };
    return unwrap(api.POST("/api/v1/posts/{post_id}/schedule", { params, body }));
  });
}

export async function revertToDraft(client: QueryClient, post: Post): Promise<Post> {
  sessionStorage.removeItem(UNDO_DEADLINE + post.job_id);
  const params = { path: { post_id: post.job_id } };
  return await runPostChange(client, post, () => unwrap(api.POST("/api/v1/posts/{post_id}/undo", { params })));
}

/** Return until when a publish from this tab can be undone, in ms since the epoch; null when there is none. */
export function undoDeadline(postId: string): number | null {
  const deadline = Number(sessionStorage.getItem(UNDO_DEADLINE + postId));
  return deadline > 0 ? deadline : null;
}

type Send = (header: { "Idempotency-Key": string }) => Promise<unknown>;

function sendAndRefresh(client: QueryClient, post: Post, intent: string, send: Send): Promise<Post> {
  return runPostChange(client, post, () => sendOnce(client, intent, async (header) => (await send(header)) as Post));
}
