// Whether a post can still be edited or published, by the states of its deliveries. Pure.
import type { Post } from "@/api/posts";

const IN_PROGRESS = new Set(["queued", "preparing", "waiting", "publishing"]);
const PUBLISHABLE = new Set(["draft", "scheduled", "missed"]);
const EDITABLE = new Set([...PUBLISHABLE, "failed", "needs_reconnect"]);

/** Return whether the post is being published or is published, so that nothing of it can be edited. */
export function isSubmitted(post: Post): boolean {
  const states = post.platforms.map(({ state }) => state);
  if (states.length === 0) return false;
  return states.some((state) => IN_PROGRESS.has(state)) || !states.some((state) => EDITABLE.has(state));
}

/** Return whether publishing or scheduling would affect any delivery. */
export function canPublish(post: Post): boolean {
  return post.platforms.length === 0 || post.platforms.some(({ state }) => PUBLISHABLE.has(state));
}
