// Which posts the list shows: a few views, each an address of its own. Pure.
import type { PostStatus } from "@/api/posts";

export const VIEWS = ["all", "attention", "drafts", "scheduled", "busy", "out", "cancelled"] as const;
export type View = (typeof VIEWS)[number];

/** The statuses of a view; none: whatever they are. */
export const STATUSES: Record<View, readonly PostStatus[]> = {
  all: [],
  attention: ["failed", "needs_reconnect", "partial", "unconfirmed"],
  drafts: ["draft"],
  scheduled: ["scheduled"],
  busy: ["publishing"],
  out: ["published"],
  cancelled: ["cancelled"],
};

export interface ListAddress {
  show?: View;
  q?: string;
}

/** Whatever stands in an address, as one of ours; what is usual is left out. */
export function listAddress(search: Record<string, unknown>): ListAddress {
  const show = VIEWS.find((view) => view === search["show"]);
  // The router reads a word of digits as a number.
  const q =
    typeof search["q"] === "string" || typeof search["q"] === "number" ? String(search["q"]).trim().slice(0, 500) : "";
  return { ...(show && show !== "all" ? { show } : {}), ...(q ? { q } : {}) };
}
