// What a person may try with a post as it stands; the server has the last word. Pure.
import type { Post } from "@/api/posts";

const EDITED = new Set(["draft", "scheduled", "failed", "missed", "needs_reconnect", "cancelled"]);
const RETRIED = new Set(["failed", "missed", "needs_reconnect"]);
const SCHEDULED = new Set(["draft", "scheduled", "missed"]);
const CANCELLED = new Set(["scheduled", "queued", "preparing", "waiting", "failed", "missed", "needs_reconnect"]);

export interface Possible {
  edit: boolean;
  /** How many platforms can be tried again. */
  retry: number;
  schedule: boolean;
  takeBack: boolean;
  cancel: boolean;
  remove: boolean;
}

export function possible(post: Pick<Post, "status" | "platforms">): Possible {
  const count = (wanted: Set<string>) => post.platforms.filter(({ state }) => wanted.has(state)).length;
  return {
    edit: post.platforms.length === 0 || count(EDITED) > 0,
    retry: count(RETRIED),
    schedule: count(SCHEDULED) > 0,
    takeBack: post.status === "scheduled",
    cancel: count(CANCELLED) > 0,
    remove: post.status !== "publishing",
  };
}

export function mayBeRetried(state: string): boolean {
  return RETRIED.has(state);
}

export function mayBeCancelled(state: string): boolean {
  return CANCELLED.has(state);
}
