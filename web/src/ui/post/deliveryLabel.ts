// What people call a delivery.
import { platformLabel, type Platform } from "@/api/platforms";
import type { PlatformResult, Post } from "@/api/posts";

/** Return the platform's label, with the account's name where the post goes to several accounts there. */
export function deliveryLabel(
  post: Pick<Post, "platforms">,
  result: PlatformResult,
  platforms: readonly Platform[],
): string {
  const label = platformLabel(platforms, result.platform);
  const count = post.platforms.filter(({ platform }) => platform === result.platform).length;
  return count > 1 && result.account !== null ? `${label} (${result.account.name})` : label;
}
