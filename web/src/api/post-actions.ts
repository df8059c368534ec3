// What a person does with a post, as calls: each answers the post as it then stands.
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import { once } from "@/api/intent";
import { postQuery, putPost, type Post } from "@/api/posts";

export type Decision = "published" | "retry" | "cancelled";
/** `time` as the API takes it: on the wall clock of `zone`, with its offset, or `next_free_slot`. */
export interface AskedTime {
  time: string;
  zone: string | undefined;
}
type Call = (post: Post) => Promise<Post>;

/** Runs such a call on the post and shows what became of it; after a refusal, the post as it really is. */
export function usePostAction(post: Post) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (call: Call) => call(post),
    onSuccess: (after) => putPost(client, after),
    onError: () => client.invalidateQueries({ queryKey: postQuery(post.job_id).queryKey }),
  });
}

export function retry(platforms: string[] | null): Call {
  return (post) =>
    once(`retry/${post.job_id}/${post.rev}/${platforms?.join() ?? "all"}`, (header) =>
      answered(api.POST("/api/v1/posts/{post_id}/retry", { params: { ...path(post), header }, body: { platforms } })),
    );
}

export function decide(platform: string, as: Decision, link: string | null = null): Call {
  return (post) => {
    const params = { path: { post_id: post.job_id, platform } };
    const body = { as, post_url: link };
    return answered(api.POST("/api/v1/posts/{post_id}/deliveries/{platform}/resolve", { params, body }));
  };
}

export function schedule({ time, zone }: AskedTime): Call {
  return async (post) =>
    (await once(`schedule/${post.job_id}/${post.rev}/${time}/${zone ?? ""}`, (header) => {
      const body = { schedule_time: time, ...(zone === undefined ? {} : { zone }) };
      return answered(api.POST("/api/v1/posts/{post_id}/schedule", { params: { ...path(post), header }, body }));
    })) as Post;
}

export const takeBack: Call = (post) => answered(api.POST("/api/v1/posts/{post_id}/undo", { params: path(post) }));

export const cancel: Call = (post) =>
  answered(api.POST("/api/v1/posts/{post_id}/cancel", { params: path(post), body: null }));

export function duplicate(post: Post): Promise<Post> {
  return once(`duplicate/${post.job_id}/${post.rev}`, (header) =>
    answered(api.POST("/api/v1/posts/{post_id}/duplicate", { params: { ...path(post), header } })),
  );
}

export async function remove(postId: string): Promise<void> {
  await answered(api.DELETE("/api/v1/posts/{post_id}", { params: { path: { post_id: postId } } }));
}

export function restore(postId: string): Promise<Post> {
  return answered(api.POST("/api/v1/posts/{post_id}/restore", { params: { path: { post_id: postId } } }));
}

function path(post: Post) {
  return { path: { post_id: post.job_id } };
}
