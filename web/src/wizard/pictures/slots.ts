// What a post's answers say of its pictures, platform by platform. Pure.
import type { Platform } from "@/api/platforms";
import type { PlatformResult, Post } from "@/api/posts";
import type { PictureState } from "@/ui/previews/PictureArea";

/** Until it may have left: what became of it then is told, not changed. */
const OPEN = new Set(["draft", "scheduled", "queued", "preparing", "waiting", "failed", "needs_reconnect", "missed"]);

/** The provider that stands for "no made pictures". */
const NO_PICTURES = "none";

const DESIGNER = "offline";

export interface Pixels {
  width: number;
  height: number;
}

/** One platform's place for a picture. */
export interface Place {
  platform: Platform;
  result: PlatformResult;
  /** The picture's exact size, in the shape that the post asks for here. */
  pixels: Pixels;
  open: boolean;
}

/** In the order of `platforms`; those that the post does not go to (yet) are left out. */
export function placesOf(post: Post, platforms: readonly Platform[]): Place[] {
  return platforms.flatMap((platform) => {
    const result = post.platforms.find((one) => one.platform === platform.name && one.state !== "cancelled");
    if (!result) return [];
    const pixels = platform.shapes.find((shape) => shape.name === result.image_shape) ?? platform.image;
    return [{ platform, result, pixels: { width: pixels.width, height: pixels.height }, open: OPEN.has(result.state) }];
  });
}

/** Whether its first picture is to be made now, unasked: it has words to make it from, and nobody chose otherwise. */
export function isWanting(post: Post, result: PlatformResult): boolean {
  const untouched = result.image_state === "none" && result.image_origin === "made" && !result.image_locked;
  return (
    untouched && result.state === "draft" && post.image_provider !== NO_PICTURES && hasWords(post, result.platform)
  );
}

export function hasWords(post: Post, platform: string): boolean {
  const text = post.texts[platform] ?? post.content;
  const prompt = post.platform_prompts[platform] ?? post.base_image_prompt;
  return text.trim() !== "" || prompt.trim() !== "";
}

/** The designer's cards say the post's words by themselves; over any other picture they can be drawn, and taken away. */
export function mayCarryWords(result: PlatformResult): boolean {
  return (
    result.image_origin === "given" || result.text_over_picture || (result.image_provider ?? DESIGNER) !== DESIGNER
  );
}

export function isBusy(result: PlatformResult): boolean {
  return result.image_state === "queued" || result.image_state === "making";
}

/** As the previews know it. */
export function shownState(state: string): PictureState {
  if (state === "queued" || state === "making") return "making";
  return state === "ready" || state === "failed" || state === "stale" ? state : "none";
}

/** Changes when there is something new to see among a place's last pictures; addresses are signed anew and do not count. */
export function stampOf(result: PlatformResult): string {
  const path = (result.image_url ?? "").split("?")[0] ?? "";
  return [
    result.image_state,
    result.image_variant,
    result.image_origin,
    result.image_locked,
    result.image_shape,
    path,
  ].join(" ");
}
