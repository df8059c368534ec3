// The media library: list, read, import, describe, replace and delete pictures.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import { withIdempotencyKey } from "@/api/idempotency";
import type { components, operations } from "@/api/schema";

export type Medium = components["schemas"]["MediumRead"];
export type MediumDetail = components["schemas"]["MediumDetail"];
export type MediumReplaced = components["schemas"]["MediumReplaced"];
type MediumDescription = components["schemas"]["MediumDescription"];
export type MediumOrigin = NonNullable<NonNullable<operations["list_media"]["parameters"]["query"]>["origin"]>[number];

/** The first part of every query key about media. */
export const MEDIA = ["media"] as const;

/** `q`: parts of the file name, alt text and tags. `origin`: an empty list means all. */
export interface LibraryFilter {
  q?: string;
  tag?: string;
  origin?: readonly MediumOrigin[];
}

/** List the library, newest first, with a cursor for more. */
export function libraryQuery({ q = "", tag = "", origin = [] }: LibraryFilter = {}) {
  return infiniteQueryOptions({
    queryKey: [...MEDIA, "list", { q, tag, origin }],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: 24,
        origin: [...origin],
        ...(q ? { q } : {}),
        ...(tag ? { tag: [tag] } : {}),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      return unwrap(api.GET("/api/v1/media", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

/** The workspace's tags in alphabetical order, each with how many pictures have it. */
export const mediaTagsQuery = queryOptions({
  queryKey: [...MEDIA, "tags"],
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/media/tags", { signal }))).data,
});

export function mediumQuery(mediumId: string) {
  return queryOptions({
    queryKey: [...MEDIA, "one", mediumId],
    queryFn: ({ signal }): Promise<MediumDetail> =>
      unwrap(api.GET("/api/v1/media/{medium_id}", { params: { path: { medium_id: mediumId } }, signal })),
  });
}

export function importMedium(url: string): Promise<Medium> {
  return withIdempotencyKey(`fetch/${url}`, (header) =>
    unwrap(api.POST("/api/v1/media", { body: { url }, params: { header } })),
  );
}

/** Set the fields that are given. */
export function describeMedium(mediumId: string, fields: Partial<MediumDescription>): Promise<MediumDetail> {
  const params = { path: { medium_id: mediumId } };
  return unwrap(api.PATCH("/api/v1/media/{medium_id}", { params, body: fields as MediumDescription }));
}

/** The most posts that one request may name. */
const REPLACED_MAX = 100;

/** Show `newId` in these posts instead of `oldId`, which leaves the library when nothing needs it any more. */
export async function replaceMedium(oldId: string, newId: string, posts: readonly string[]): Promise<MediumReplaced> {
  const [now, rest] = [posts.slice(0, REPLACED_MAX), posts.slice(REPLACED_MAX)];
  const params = { path: { medium_id: oldId } };
  const result = await unwrap(
    api.POST("/api/v1/media/{medium_id}/replace", { params, body: { media_id: newId, posts: [...now] } }),
  );
  if (rest.length === 0 || result.removed) return result;
  const last = await replaceMedium(oldId, newId, rest);
  return { ...last, posts: [...result.posts, ...last.posts] };
}

export function deleteMedium(mediumId: string) {
  return unwrap(api.DELETE("/api/v1/media/{medium_id}", { params: { path: { medium_id: mediumId } } }));
}
