// Actions on a post, as API calls that return the changed post.
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import { withIdempotencyKey } from "@/api/idempotency";
import { postQuery, cachePost, type Post, type PostFields } from "@/api/posts";

export type Resolution = "published" | "retry" | "cancelled";
/** `time`: wall time in `zone`, RFC 3339, or `next_free_slot`. */
export interface RequestedTime {
  time: string;
  zone: string | undefined;
}
type PostAction = (post: Post) => Promise<Post>;

/** Return the mutation that runs an action on the post. Caches the returned post; after an error reads the post again. */
export function usePostAction(post: Post) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: PostAction) => action(post),
    onSuccess: (after) => cachePost(client, after),
    onError: () => client.invalidateQueries({ queryKey: postQuery(post.job_id).queryKey }),
  });
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
