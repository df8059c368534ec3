// What the last step does: publish with seconds to take it back, schedule, take back. Each once, however often pressed.
import type { QueryClient } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import { postQuery, putPost, type Post } from "@/api/posts";
import { Problem } from "@/api/problem";
import { askOnce } from "@/wizard/remote";
import type { When } from "@/wizard/state";
import { scheduleTime } from "@/wizard/times";

export const UNDO_S = 5;
const UNDO = "araldo.undo.";

export async function publish(client: QueryClient, post: Post): Promise<Post> {
  // Until when it can be taken back is known before the answer, which may be lost.
  sessionStorage.setItem(UNDO + post.job_id, String(Date.now() + UNDO_S * 1000));
  // An edit or an undo raises the post's rev: what is asked then is another intent.
  return await told(client, post, `publish/${post.job_id}/${post.rev}`, (header) => {
    const params = { path: { post_id: post.job_id }, header };
    return answered(api.POST("/api/v1/posts/{post_id}/publish", { params, body: { undo_s: UNDO_S } }));
  });
}

export async function schedule(client: QueryClient, post: Post, when: When): Promise<Post> {
  const body = { schedule_time: scheduleTime(when), zone: when.zone };
  const intent = `schedule/${post.job_id}/${post.rev}/${body.schedule_time}/${body.zone}`;
  return await told(client, post, intent, (header) => {
    const params = { path: { post_id: post.job_id }, header };
    return answered(api.POST("/api/v1/posts/{post_id}/schedule", { params, body }));
  });
}

export async function takeBack(client: QueryClient, post: Post): Promise<Post> {
  sessionStorage.removeItem(UNDO + post.job_id);
  const params = { path: { post_id: post.job_id } };
  return await shown(client, post, () => answered(api.POST("/api/v1/posts/{post_id}/undo", { params })));
}

/** Until when a publish from this tab can be taken back, in ms; null when there is none. */
export function undoUntil(postId: string): number | null {
  const until = Number(sessionStorage.getItem(UNDO + postId));
  return until > 0 ? until : null;
}

type Ask = (header: { "Idempotency-Key": string }) => Promise<unknown>;

function told(client: QueryClient, post: Post, intent: string, ask: Ask): Promise<Post> {
  return shown(client, post, () => askOnce(client, intent, async (header) => (await ask(header)) as Post));
}

/** The post as it stands afterwards, also when no answer came: it may have happened. */
async function shown(client: QueryClient, post: Post, ask: () => Promise<Post>): Promise<Post> {
  try {
    const after = await ask();
    putPost(client, after);
    return after;
  } catch (error) {
    if (error instanceof Problem) await client.invalidateQueries({ queryKey: postQuery(post.job_id).queryKey });
    throw error;
  }
}
