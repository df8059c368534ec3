// Why a post needs a person. Pure.
import type { Post } from "@/api/posts";

const NEEDS_A_PERSON = ["unconfirmed", "needs_reconnect", "failed", "missed"] as const;

export interface AttentionReason {
  /** The post's status, or `missed` where it was only too late. */
  state: string;
  /** The first error of the most urgent deliveries, and how many more have another one. */
  error: string | null;
  more: number;
}

/** Return what is wrong with a post; what may be published already comes first. */
export function attentionReason(post: Pick<Post, "status" | "platforms">): AttentionReason {
  const open = NEEDS_A_PERSON.flatMap((state) => post.platforms.filter((delivery) => delivery.state === state));
  const errors = new Set(open.flatMap(({ error }) => error ?? []));
  const isLate = post.status === "failed" && open.length > 0 && open.every(({ state }) => state === "missed");
  const [error = null] = errors;
  return { state: isLate ? "missed" : post.status, error, more: Math.max(errors.size - 1, 0) };
}
