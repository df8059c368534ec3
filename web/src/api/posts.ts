// Posts as the studio reads them: one, its timeline, the list; and how it keeps up with what happens to one.
import { infiniteQueryOptions, keepPreviousData, queryOptions, type QueryClient } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import type { components, operations } from "@/api/schema";

export type Post = components["schemas"]["PostRead"];
export type PlatformResult = components["schemas"]["PlatformResult"];
export type PostFields = components["schemas"]["PostFields"];
export type TimelineEntry = components["schemas"]["TimelineEntry"];

export type PostStatus = NonNullable<NonNullable<operations["list_posts"]["parameters"]["query"]>["status"]>[number];
/** What the list is narrowed to; `q` are words that a post holds or begins with, `until` an instant that it is due before. */
export interface PostFilter {
  status?: readonly PostStatus[];
  q?: string;
  until?: string;
  limit?: number;
}

/** Everything about posts is asked under this, e.g. to invalidate it. */
export const POSTS = ["posts"] as const;

export function postQuery(postId: string) {
  return queryOptions({
    queryKey: [...POSTS, "one", postId],
    queryFn: ({ signal }): Promise<Post> =>
      answered(api.GET("/api/v1/posts/{post_id}", { params: { path: { post_id: postId } }, signal })),
  });
}

/** `raw`: with what the platforms really answered. */
export function timelineQuery(postId: string, raw = false) {
  return queryOptions({
    queryKey: [...POSTS, "timeline", postId, { raw }],
    queryFn: async ({ signal }): Promise<TimelineEntry[]> => {
      const params = { path: { post_id: postId }, query: { raw } };
      return (await answered(api.GET("/api/v1/posts/{post_id}/timeline", { params, signal }))).data;
    },
  });
}

/** The newest first, page by page. */
export function postsQuery({ status = [], q = "", until = "", limit = 20 }: PostFilter = {}) {
  return infiniteQueryOptions({
    queryKey: [...POSTS, "list", { status, q, until, limit }],
    queryFn: ({ pageParam, signal }) => {
      const narrowed = { status: [...status], ...(q ? { q } : {}), ...(until ? { to: until } : {}) };
      const query = { ...narrowed, limit, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answered(api.GET("/api/v1/posts", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

/** An action's answer is the post as it now stands: shown at once; what else tells of it is asked for again. */
export function putPost(client: QueryClient, post: Post): void {
  client.setQueryData(postQuery(post.job_id).queryKey, post);
  void client.invalidateQueries({ queryKey: [...POSTS, "list"] });
  void client.invalidateQueries({ queryKey: [...POSTS, "timeline", post.job_id] });
}

/** What a change of the post has to be based on. */
export function ifMatch(post: Post): { "If-Match": string } {
  return { "If-Match": `"${post.rev}"` };
}
