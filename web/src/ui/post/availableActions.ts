// The actions available for a post, as the server answers them. Pure.
import type { PlatformResult, Post } from "@/api/posts";

export type DeliveryAction = PlatformResult["actions"][number];

export interface AvailableActions {
  edit: boolean;
  /** The number of deliveries that can be retried. */
  retry: number;
  schedule: boolean;
  revertToDraft: boolean;
  cancel: boolean;
  delete: boolean;
}

export function availableActions(post: Pick<Post, "status" | "platforms" | "actions">): AvailableActions {
  const can = (action: Post["actions"][number]) => post.actions.includes(action);
  return {
    edit: can("edit"),
    retry: post.platforms.filter((result) => canDo(result, "retry")).length,
    schedule: can("schedule"),
    revertToDraft: post.status === "scheduled" && can("undo"),
    // A draft is deleted, not cancelled.
    cancel: post.status !== "draft" && can("cancel"),
    delete: can("delete"),
  };
}

export function canDo(result: Pick<PlatformResult, "actions">, action: DeliveryAction): boolean {
  return result.actions.includes(action);
}

/** Return whether the post can get another time: a scheduled one, and a draft for which one is planned. */
export function isMovable(post: Pick<Post, "status" | "schedule_time" | "actions">): boolean {
  if (post.schedule_time === null) return false;
  if (post.status === "scheduled") return post.actions.includes("schedule") && post.actions.includes("edit");
  return post.status === "draft" && post.actions.includes("edit");
}
