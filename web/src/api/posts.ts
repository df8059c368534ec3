// Queries for posts: one, its timeline, and the list.
import { infiniteQueryOptions, keepPreviousData, queryOptions, type QueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components, operations } from "@/api/schema";

export type Post = components["schemas"]["PostRead"];
export type PlatformResult = components["schemas"]["PlatformResult"];
export type PostFields = components["schemas"]["PostFields"];
export type TimelineEntry = components["schemas"]["TimelineEntry"];

export type PostStatus = NonNullable<NonNullable<operations["list_posts"]["parameters"]["query"]>["status"]>[number];
/**
 * Filters of the list. `q`: words of the post or their beginnings. `until`: RFC 3339; posts due before it.
 * `order`: by when posts are due; without it the last made first.
 */
export interface PostFilter {
  status?: readonly PostStatus[];
  q?: string;
  until?: string;
  order?: "asc" | "desc";
  limit?: number;
}

/** The first part of every query key about posts. */
export const POSTS = ["posts"] as const;

export function postQuery(postId: string) {
  return queryOptions({
    queryKey: [...POSTS, "one", postId],
    queryFn: ({ signal }): Promise<Post> =>
      unwrap(api.GET("/api/v1/posts/{post_id}", { params: { path: { post_id: postId } }, signal })),
  });
}

/** `raw`: with the requests to the platforms and their answers. */
export function timelineQuery(postId: string, raw = false) {
  return queryOptions({
    queryKey: [...POSTS, "timeline", postId, { raw }],
    queryFn: async ({ signal }): Promise<TimelineEntry[]> => {
      const params = { path: { post_id: postId }, query: { raw } };
      return (await unwrap(api.GET("/api/v1/posts/{post_id}/timeline", { params, signal }))).data;
    },
  });
}

/** List posts, with a cursor for more. */
export function postsQuery({ status = [], q = "", until = "", order, limit = 20 }: PostFilter = {}) {
  return infiniteQueryOptions({
    queryKey: [...POSTS, "list", { status, q, until, order, limit }],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        status: [...status],
        ...(q ? { q } : {}),
        ...(until ? { to: until } : {}),
        ...(order ? { order } : {}),
        limit,
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      return unwrap(api.GET("/api/v1/posts", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

/** Cache the post that an action returned, and invalidate the list and the timeline. */
export function cachePost(client: QueryClient, post: Post): void {
  client.setQueryData(postQuery(post.job_id).queryKey, post);
  void client.invalidateQueries({ queryKey: [...POSTS, "list"] });
  void client.invalidateQueries({ queryKey: [...POSTS, "timeline", post.job_id] });
}

/** Return the header that a change of this version of the post needs. */
export function ifMatch(post: Post): { "If-Match": string } {
  return { "If-Match": `"${post.rev}"` };
}
