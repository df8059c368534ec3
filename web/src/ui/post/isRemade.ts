// Pure.
import type { PlatformResult } from "@/api/posts";
import { canDo } from "@/ui/post/availableActions";

/** Return whether the picture was made anew after another one was shown, and can still be changed. */
export function isRemade(result: PlatformResult): boolean {
  return result.image_remade && result.image_state === "ready" && canDo(result, "edit");
}
