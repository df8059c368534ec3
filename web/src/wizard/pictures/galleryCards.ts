// The cards of the gallery of styles: what is drawn for each platform, and which one is chosen. Pure.
import type { PreviewFields } from "@/api/images";
import type { Post } from "@/api/posts";
import { DESIGNER, type PictureSlot } from "@/wizard/pictures/slots";

/** Twice the width at which a card is shown. */
const WIDTH_PX = 320;

/** Return the text on the platform's card; of a carousel, on its first picture. */
export function cardText(post: Post, platform: string): string {
  const [first] = post.slides;
  const words = first ? [first.headline, first.text].filter((text) => text.trim() !== "") : [];
  return words.length > 0 ? words.join("\n\n") : (post.texts[platform] ?? post.content);
}

/** Return the request for the small card that the platform's picture would be in this style. */
export function previewOf(post: Post, { platform, result, pixels }: PictureSlot, style: string): PreviewFields {
  const { account } = result;
  return {
    content: cardText(post, platform.name),
    cta: post.cta,
    style,
    variant: result.image_variant,
    aspect_ratio: `${pixels.width}:${pixels.height}`,
    image_prompt: post.platform_prompts[platform.name] ?? post.base_image_prompt,
    handle: account === null ? null : account.username === null ? account.name : `@${account.username}`,
    post_id: post.job_id,
    width: WIDTH_PX,
  };
}

/** Return whether the picture is a card of the designer in this style. `style`: what the picture is made in. */
export function hasStyle(slot: PictureSlot, made: string | undefined, style: string): boolean {
  const { image_origin, image_provider, image_state } = slot.result;
  const isCard = image_origin === "made" && (image_provider ?? DESIGNER) === DESIGNER && image_state !== "none";
  return isCard && made === style;
}
