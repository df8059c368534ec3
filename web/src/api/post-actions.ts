// Actions on a post, as API calls that return the changed post.
import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import { withIdempotencyKey } from "@/api/idempotency";
import { cachePost, ifMatch, postQuery, type Post, type PostFields } from "@/api/posts";
import { Problem } from "@/api/problem";

export type Resolution = "published" | "retry" | "cancelled";
/** `time`: wall time in `zone`, RFC 3339, or `next_free_slot`. */
export interface RequestedTime {
  time: string;
  zone: string | undefined;
}
/** Changes a post by one or more calls, and returns it as the server last answered it. */
export type PostAction = (post: Post) => Promise<Post>;
export type PostChange = ReturnType<typeof usePostChange>;

interface ChangeOptions {
  /** Changes of one queue run one after the other. */
  queue?: string;
  /** Read the post again after success too: an event may have announced a later change before the answer came. */
  reread?: boolean;
}

/** Return the mutation for every change of a post. A change gets the cached post when it starts. */
export function usePostChange(post: Post, { queue, reread }: ChangeOptions = {}) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: PostAction) => runPostChange(client, post, action),
    ...(queue === undefined ? {} : { scope: { id: `${post.job_id} ${queue}` } }),
    ...(reread
      ? { onSuccess: () => void client.invalidateQueries({ queryKey: postQuery(post.job_id).queryKey }) }
      : {}),
  });
}

/** Run a change of one of many posts. Caches the returned post; after an error the post is read again. */
export async function runPostChange(client: QueryClient, post: Post, action: PostAction): Promise<Post> {
  const { queryKey } = postQuery(post.job_id);
  try {
    const changed = await action(client.getQueryData(queryKey) ?? post);
    cachePost(client, changed);
    return changed;
  } catch (error) {
    // Somebody else changed the post, or it was published: the cached post is outdated.
    await client.invalidateQueries({ queryKey });
    throw error;
  }
}

const TRIES = 3;

/**
 * Set fields of this version of the post. After a 412 the post is read, and `fieldsOf` decides again: null when the
 * change no longer applies, which throws the 412.
 */
export async function changeVersion(post: Post, fieldsOf: (now: Post) => Partial<PostFields> | null): Promise<Post> {
  let now = post;
  let conflict: unknown = null;
  for (let tries = 1; ; tries += 1) {
    const fields = fieldsOf(now);
    if (fields === null) throw conflict;
    try {
      return await changePost(now.job_id, fields, ifMatch(now));
    } catch (error) {
      if (!(error instanceof Problem && error.status === 412) || tries === TRIES) throw error;
      conflict = error;
      now = await unwrap(api.GET("/api/v1/posts/{post_id}", { params: path(now) }));
    }
  }
}

/** Retry the deliveries with these ids; null: all that can be. */
export function retryPost(deliveries: string[] | null): PostAction {
  return (post) =>
    withIdempotencyKey(`retry/${post.job_id}/${post.rev}/${deliveries?.join() ?? "all"}`, (header) => {
      const body = { platforms: deliveries };
      return unwrap(api.POST("/api/v1/posts/{post_id}/retry", { params: { ...path(post), header }, body }));
    });
}

export function resolveDelivery(delivery: string, as: Resolution, link: string | null = null): PostAction {
  return (post) => {
    const params = { path: { post_id: post.job_id, delivery } };
    const body = { as, post_url: link };
    return unwrap(api.POST("/api/v1/posts/{post_id}/deliveries/{delivery}/resolve", { params, body }));
  };
}

export function schedulePost({ time, zone }: RequestedTime): PostAction {
  return async (post) =>
    (await withIdempotencyKey(`schedule/${post.job_id}/${post.rev}/${time}/${zone ?? ""}`, (header) => {
      const body = { schedule_time: time, ...(zone === undefined ? {} : { zone }) };
      return unwrap(api.POST("/api/v1/posts/{post_id}/schedule", { params: { ...path(post), header }, body }));
    })) as Post;
}

export const revertToDraft: PostAction = (post) =>
  unwrap(api.POST("/api/v1/posts/{post_id}/undo", { params: path(post) }));

export const cancelPost: PostAction = (post) =>
  unwrap(api.POST("/api/v1/posts/{post_id}/cancel", { params: path(post), body: null }));

/** Change fields of the post. `header`: for a change of this version only, see `ifMatch`. */
export function changePost(
  postId: string,
  fields: Partial<PostFields>,
  header: Record<string, string> = {},
): Promise<Post> {
  const params = { path: { post_id: postId }, header };
  // The schema calls fields with a default required; fields that are left out stay as they are.
  return unwrap(api.PATCH("/api/v1/posts/{post_id}", { params, body: fields as PostFields }));
}

export function duplicatePost(post: Post): Promise<Post> {
  return withIdempotencyKey(`duplicate/${post.job_id}/${post.rev}`, (header) =>
    unwrap(api.POST("/api/v1/posts/{post_id}/duplicate", { params: { ...path(post), header } })),
  );
}

export async function deletePost(postId: string): Promise<void> {
  await unwrap(api.DELETE("/api/v1/posts/{post_id}", { params: { path: { post_id: postId } } }));
}

export function restorePost(postId: string): Promise<Post> {
  return unwrap(api.POST("/api/v1/posts/{post_id}/restore", { params: { path: { post_id: postId } } }));
}

function path(post: Post) {
  return { path: { post_id: post.job_id } };
}
