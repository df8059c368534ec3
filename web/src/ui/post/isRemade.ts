// Pure.
import type { PlatformResult } from "@/api/posts";

/** Return whether the picture was made anew after another one was shown, and can still be checked. */
export function isRemade(result: PlatformResult): boolean {
  return result.image_remade && result.image_state === "ready" && result.state !== "published";
}
