// Queries for posts: one, its timeline, and the list.
import { infiniteQueryOptions, keepPreviousData, queryOptions, type QueryClient } from "@tanstack/react-query";

import { api, unwrap, unwrapWithResponse } from "@/api/client";
import type { components, operations } from "@/api/schema";

export type Post = components["schemas"]["PostRead"];
export type PlatformResult = components["schemas"]["PlatformResult"];
export type PostFields = components["schemas"]["PostFields"];
export type PostValidation = components["schemas"]["PostValidation"];
export type TimelineEntry = components["schemas"]["TimelineEntry"];

export type PostStatus = NonNullable<NonNullable<operations["list_posts"]["parameters"]["query"]>["status"]>[number];
/**
 * Filters of the list. `q`: words of the post or their beginnings. `from`, `until`: RFC 3339; posts due, or made, at or
 * after and before it. `account`: an id. `order`: by when posts are due; without it the last made first.
 */
export interface PostFilter {
  status?: readonly PostStatus[];
  q?: string;
  from?: string;
  until?: string;
  platform?: string;
  account?: string;
  order?: "asc" | "desc";
  /** States of the approval, of which any matches. */
  approval?: readonly Exclude<Post["approval"], "none">[];
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

/** Ask what publishing would find wrong with these fields (as JSON): nothing is stored, no picture is made. */
export function validationQuery(fields: string) {
  return queryOptions({
    queryKey: ["validation", fields],
    queryFn: ({ signal }): Promise<PostValidation> =>
      unwrap(api.POST("/api/v1/posts/validate", { body: JSON.parse(fields) as PostFields, signal })),
    placeholderData: keepPreviousData,
    // The next change asks again.
    retry: false,
    gcTime: 0,
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
export function postsQuery({ limit = 20, ...filter }: PostFilter = {}) {
  return infiniteQueryOptions({
    queryKey: [...POSTS, "list", { ...filter, limit }],
    queryFn: ({ pageParam, signal }) => listPosts({ ...filter, limit }, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

const LARGEST_PAGE = 100;
const PAGES_MAX = 10;

/** All posts of the filter, the first due first; at most a thousand. `isCut`: whether there are more. */
export function allPostsQuery(filter: PostFilter) {
  return queryOptions({
    queryKey: [...POSTS, "all", filter],
    queryFn: async ({ signal }): Promise<{ posts: Post[]; isCut: boolean }> => {
      const posts: Post[] = [];
      let cursor: string | null = null;
      for (let pages = 0; pages === 0 || (cursor !== null && pages < PAGES_MAX); pages += 1) {
        const page = await listPosts({ ...filter, order: "asc", limit: LARGEST_PAGE }, cursor, signal);
        posts.push(...page.data);
        cursor = page.next_cursor;
      }
      return { posts, isCut: cursor !== null };
    },
    placeholderData: keepPreviousData,
  });
}

/** Return a filter as the query of the list and of the export. */
function filterQuery({ status = [], q, from, until, platform, account, approval }: PostFilter) {
  return {
    status: [...status],
    ...(q ? { q } : {}),
    ...(from ? { from } : {}),
    ...(until ? { to: until } : {}),
    ...(platform ? { platform } : {}),
    ...(account ? { account } : {}),
    ...(approval ? { approval: [...approval] } : {}),
  };
}

export interface ExportFormat {
  format: "csv" | "json";
  /** Of CSV. */
  delimiter: "comma" | "semicolon";
}

/** Load all posts of the filter with their results as a file, and its name. */
export async function exportPosts(filter: PostFilter, format: ExportFormat): Promise<{ content: Blob; name: string }> {
  const query = { ...filterQuery(filter), ...format };
  const { data, response } = await unwrapWithResponse(
    api.GET("/api/v1/posts/export", { params: { query }, parseAs: "blob" }),
  );
  const [, name = `posts.${format.format}`] =
    /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
  return { content: data as Blob, name };
}

function listPosts(filter: PostFilter, cursor: string | null, signal: AbortSignal) {
  const { order, limit = 20 } = filter;
  const query = {
    ...filterQuery(filter),
    ...(order ? { order } : {}),
    limit,
    ...(cursor === null ? {} : { cursor }),
  };
  return unwrap(api.GET("/api/v1/posts", { params: { query }, signal }));
}

/** Cache the post that an action returned, and invalidate the lists and the timeline. */
export function cachePost(client: QueryClient, post: Post): void {
  client.setQueryData(postQuery(post.job_id).queryKey, post);
  void client.invalidateQueries({ queryKey: [...POSTS, "list"] });
  void client.invalidateQueries({ queryKey: [...POSTS, "all"] });
  void client.invalidateQueries({ queryKey: [...POSTS, "timeline", post.job_id] });
}

/** Return the header that a change of this version of the post needs. */
export function ifMatch(post: Post): { "If-Match": string } {
  return { "If-Match": `"${post.rev}"` };
}
