// The actions available for a post, by the states of its deliveries; the server has the last word. Pure.
import type { Post } from "@/api/posts";

const EDITABLE = new Set(["draft", "scheduled", "failed", "missed", "needs_reconnect", "cancelled"]);
const RETRYABLE = new Set(["failed", "missed", "needs_reconnect"]);
const SCHEDULABLE = new Set(["draft", "scheduled", "missed"]);
const CANCELLABLE = new Set(["scheduled", "queued", "preparing", "waiting", "failed", "missed", "needs_reconnect"]);

export interface AvailableActions {
  edit: boolean;
  /** The number of deliveries that can be retried. */
  retry: number;
  schedule: boolean;
  revertToDraft: boolean;
  cancel: boolean;
  delete: boolean;
}

export function availableActions(post: Pick<Post, "status" | "platforms">): AvailableActions {
  const count = (states: Set<string>) => post.platforms.filter(({ state }) => states.has(state)).length;
  return {
    edit: post.platforms.length === 0 || count(EDITABLE) > 0,
    retry: count(RETRYABLE),
    schedule: count(SCHEDULABLE) > 0,
    revertToDraft: post.status === "scheduled",
    cancel: count(CANCELLABLE) > 0,
    delete: post.status !== "publishing",
  };
}

export function canRetry(state: string): boolean {
  return RETRYABLE.has(state);
}

export function canCancel(state: string): boolean {
  return CANCELLABLE.has(state);
}
