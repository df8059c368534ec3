// Whether a post can still be edited or published, as the server answers it. Pure.
import type { Post } from "@/api/posts";
import { canDo } from "@/ui/post/availableActions";
import { liveDeliveries } from "@/ui/post/deliveries";

/** Return whether the post is being published or is published, so that nothing of it can be edited. */
export function isSubmitted(post: Post): boolean {
  if (post.platforms.length === 0) return false;
  return post.status === "publishing" || !liveDeliveries(post).some((result) => canDo(result, "edit"));
}

/** Return whether publishing or scheduling would affect any delivery. */
export function canPublish(post: Post): boolean {
  return post.platforms.length === 0 || post.actions.includes("publish");
}
