// The deliveries of a post: those that are live, and one for each platform where they share something. Pure.
import type { PlatformResult, Post } from "@/api/posts";

/** Return the deliveries that are not cancelled, where there are any: what the post still goes to. */
export function liveDeliveries(post: Pick<Post, "platforms">): PlatformResult[] {
  return post.platforms.filter(({ state }) => state !== "cancelled");
}

/** Return the first delivery of each platform. */
export function onePerPlatform(deliveries: readonly PlatformResult[]): PlatformResult[] {
  return deliveries.filter((one, index) => deliveries.findIndex(({ platform }) => platform === one.platform) === index);
}
