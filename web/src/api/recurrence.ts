// API calls for recurring posts: the series of a post, and its single occurrences.
import { queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import { cancelPost, runPostChange, schedulePost } from "@/api/post-actions";
import { POSTS, postQuery, type Post } from "@/api/posts";
import type { components } from "@/api/schema";

export type Recurrence = components["schemas"]["RecurrenceRead"];
export type Occurrence = components["schemas"]["Occurrence"];
/** `time`: wall time in `zone`, when the first post is due. */
export interface NewSeries {
  rrule: string;
  time: string;
  zone: string;
}

const path = (postId: string) => ({ path: { post_id: postId } });

/** The series that the post is copied for, or belongs to. */
export function recurrenceQuery(postId: string) {
  return queryOptions({
    queryKey: [...POSTS, "recurrence", postId],
    queryFn: ({ signal }): Promise<Recurrence> =>
      unwrap(api.GET("/api/v1/posts/{post_id}/recurrence", { params: path(postId), signal })),
  });
}

/**
 * Repeat the post. A draft and a scheduled post become the first of the series, due at its first time; of any other
 * post all occurrences are copies.
 */
async function startSeries(client: QueryClient, post: Post, { rrule, time, zone }: NewSeries): Promise<void> {
  const isDue = post.status === "scheduled" && post.zone === zone && post.wall_time?.slice(0, 16) === time;
  const isFirst = post.status === "scheduled" || post.status === "draft";
  if (isFirst && !isDue) await runPostChange(client, post, schedulePost({ time, zone }));
  const body = isFirst ? { rrule } : { rrule, zone, start: time };
  await unwrap(api.POST("/api/v1/posts/{post_id}/recurrence", { params: path(post.job_id), body }));
}

/** Return the id of the occurrence's post, which is created when there is none yet. Asking again returns the same. */
async function createOccurrence(postId: string, occurrence: Occurrence): Promise<string> {
  if (occurrence.post_id !== null) return occurrence.post_id;
  const body = { schedule_time: occurrence.schedule_time };
  const params = path(postId);
  const created = await unwrap(api.POST("/api/v1/posts/{post_id}/recurrence/occurrences", { params, body }));
  if (created.post_id === null) throw new Error("An occurrence was created without a post.");
  return created.post_id;
}

/** Cancel the post of one occurrence; the others stay. */
async function skipOccurrence(client: QueryClient, postId: string, occurrence: Occurrence): Promise<void> {
  const id = await createOccurrence(postId, occurrence);
  await runPostChange(client, await client.query(postQuery(id)), cancelPost);
}

async function endSeries(postId: string, future: "keep" | "cancel"): Promise<void> {
  await unwrap(api.DELETE("/api/v1/posts/{post_id}/recurrence", { params: { ...path(postId), query: { future } } }));
}

/** Return the mutations of a post's series. Whatever becomes of one, posts and series are read again. */
export function useSeriesChanges(post: Post) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: POSTS });
  return {
    start: useMutation({ mutationFn: (series: NewSeries) => startSeries(client, post, series), onSettled }),
    open: useMutation({ mutationFn: (one: Occurrence) => createOccurrence(post.job_id, one), onSettled }),
    skip: useMutation({ mutationFn: (one: Occurrence) => skipOccurrence(client, post.job_id, one), onSettled }),
    end: useMutation({ mutationFn: (future: "keep" | "cancel") => endSeries(post.job_id, future), onSettled }),
  };
}
