// Where a post stands, as far as the wizard asks: still to be worked on, on its way, or over. Pure.
import type { Post } from "@/api/posts";

const GOING = new Set(["queued", "preparing", "waiting", "publishing"]);
const TO_PUBLISH = new Set(["draft", "scheduled", "missed"]);
const TO_MEND = new Set([...TO_PUBLISH, "failed", "needs_reconnect"]);

/** On its way, or out: nothing of it is to be written any more. What failed can be mended. */
export function isOnItsWay(post: Post): boolean {
  const states = post.platforms.map(({ state }) => state);
  if (states.length === 0) return false;
  return states.some((state) => GOING.has(state)) || !states.some((state) => TO_MEND.has(state));
}

/** Whether there is anything that publishing or scheduling would move. */
export function canGoOut(post: Post): boolean {
  return post.platforms.length === 0 || post.platforms.some(({ state }) => TO_PUBLISH.has(state));
}
