// The deliveries of a post: those that are not cancelled, and one for each platform. Pure.
import type { PlatformResult, Post } from "@/api/posts";
import { canDo } from "@/ui/post/availableActions";

/** Return the deliveries that are not cancelled. */
export function liveDeliveries(post: Pick<Post, "platforms">): PlatformResult[] {
  return post.platforms.filter(({ state }) => state !== "cancelled");
}

/** Return the first delivery of each platform. */
export function onePerPlatform(deliveries: readonly PlatformResult[]): PlatformResult[] {
  return deliveries.filter((one, index) => deliveries.findIndex(({ platform }) => platform === one.platform) === index);
}

/**
 * Return one delivery for each platform, for the picture that the deliveries of a platform share: one that can still be
 * edited where there is one.
 */
export function pictureDeliveries(post: Pick<Post, "platforms">): PlatformResult[] {
  const live = liveDeliveries(post);
  return onePerPlatform([...live.filter((result) => canDo(result, "edit")), ...live]);
}
