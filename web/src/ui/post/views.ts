// The views of the list of posts, and their addresses. Pure.
import type { PostStatus } from "@/api/posts";

export const VIEWS = ["all", "attention", "drafts", "scheduled", "publishing", "published", "cancelled"] as const;
export type View = (typeof VIEWS)[number];

/** The statuses in a view; an empty list means all. */
export const VIEW_STATUSES: Record<View, readonly PostStatus[]> = {
  all: [],
  attention: ["failed", "needs_reconnect", "partial", "unconfirmed"],
  drafts: ["draft"],
  scheduled: ["scheduled"],
  publishing: ["publishing"],
  published: ["published"],
  cancelled: ["cancelled"],
};

export interface PostListSearch {
  show?: View;
  q?: string;
  platform?: string;
  /** The id of an account. */
  account?: string;
}

/** Parse an address's search parameters; leave out defaults and what is invalid. */
export function parsePostListSearch(search: Record<string, unknown>): PostListSearch {
  const show = VIEWS.find((view) => view === search["show"]);
  // The router parses digits as a number.
  const q =
    typeof search["q"] === "string" || typeof search["q"] === "number" ? String(search["q"]).trim().slice(0, 500) : "";
  return {
    ...(show && show !== "all" ? { show } : {}),
    ...(q ? { q } : {}),
    ...parseTargetSearch(search),
  };
}

/** Parse the filters by platform and account. */
export function parseTargetSearch(search: Record<string, unknown>): { platform?: string; account?: string } {
  const { platform, account } = search;
  return { ...(isName(platform) ? { platform } : {}), ...(isName(account) ? { account } : {}) };
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= 100;
}
