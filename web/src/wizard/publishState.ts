// Whether a post can still be edited or published, as the server answers it. Pure.
import type { Post } from "@/api/posts";
import { canDo } from "@/ui/post/availableActions";
import { liveDeliveries } from "@/ui/post/deliveries";

/** Return whether the post is being published or is published, so that nothing of it can be edited. */
export function isSubmitted(post: Post): boolean {
  const live = liveDeliveries(post);
  // A post that was cancelled everywhere is edited like one without platforms: they are chosen again.
  if (live.length === 0) return false;
  return post.status === "publishing" || !live.some((result) => canDo(result, "edit"));
}

/** Return whether publishing or scheduling would affect any delivery, or would once a platform is chosen. */
export function canPublish(post: Post): boolean {
  return liveDeliveries(post).length === 0 || post.actions.includes("publish");
}
