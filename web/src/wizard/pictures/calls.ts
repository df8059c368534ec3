// API calls for a post's pictures.
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import { withIdempotencyKey } from "@/api/idempotency";
import { changePost, changeVersion } from "@/api/post-actions";
import type { PlatformResult, Post } from "@/api/posts";
import type { components } from "@/api/schema";
import { pictureDeliveries } from "@/ui/post/deliveries";
import { changeableSlots, DESIGNER, pictureFingerprint, type PictureSlot } from "@/wizard/pictures/slots";

export type PictureOptions = components["schemas"]["Regenerate"];
export type Slide = components["schemas"]["SlideFields"];
export type ImageChoice = components["schemas"]["ImageChoice"];
export type PictureVersion = components["schemas"]["PictureOption"];

/** The last five pictures of one platform; the query key changes whenever the post's picture does. */
export function pictureHistoryQuery(postId: string, result: PlatformResult) {
  const path = { post_id: postId, name: result.platform };
  return queryOptions({
    queryKey: ["picture-history", postId, result.platform, pictureFingerprint(result)],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/posts/{post_id}/images/{name}", { params: { path }, signal })),
    staleTime: Infinity,
  });
}

/** Generate a picture again. Without a `variant` in the options it is a new version. */
export function regeneratePicture(post: Post, result: PlatformResult, options: PictureOptions): Promise<Post> {
  const path = { post_id: post.job_id, name: result.platform };
  // A retry after a lost answer must not generate, and pay for, another version.
  return withIdempotencyKey(
    `picture/${result.delivery_id}/${pictureFingerprint(result)}/${JSON.stringify(options)}`,
    (header) =>
      unwrap(api.POST("/api/v1/posts/{post_id}/images/{name}/regenerate", { params: { path, header }, body: options })),
  );
}

/** Make the picture with the same options: the first time, after a failure, or for a changed text. */
export function recreatePicture(post: Post, result: PlatformResult): Promise<Post> {
  const given = post.images[result.platform];
  if (result.image_origin !== "given" || !given?.media_id)
    return regeneratePicture(post, result, { variant: result.image_variant });
  // An uploaded picture is cropped and overlaid again, not replaced by a generated one.
  const { media_id, crop, focal } = given;
  const again = { media_id, crop, focal, alt: result.image_alt } as ImageChoice;
  return updateImages(post.job_id, { [result.platform]: again });
}

export function choosePictureVersion(postId: string, platform: string, mediumId: string): Promise<Post> {
  const params = { path: { post_id: postId, name: platform } };
  return unwrap(api.POST("/api/v1/posts/{post_id}/images/{name}/choose", { params, body: { media_id: mediumId } }));
}

export function setPictureLock(postId: string, platform: string, locked: boolean): Promise<Post> {
  const params = { path: { post_id: postId, name: platform } };
  return unwrap(api.POST("/api/v1/posts/{post_id}/images/{name}/lock", { params, body: { locked } }));
}

/** Change pictures by platform; null goes back to a generated one. Other platforms stay as they are. */
export function updateImages(postId: string, images: Record<string, ImageChoice | null>): Promise<Post> {
  return changePost(postId, { images });
}

/** Change the shape. The server crops an uploaded picture again; a generated one is generated again. */
export async function setShape(now: Post, platform: string, shape: string): Promise<Post> {
  const changed = await changeVersion(now, (post) => ({ shapes: { ...post.shapes, [platform]: shape } }));
  return recreateStale(changed, [platform]);
}

/** Change the slides. `change` runs again when the post was changed meanwhile, so that no change is lost. */
export async function setSlides(now: Post, change: (slides: readonly Slide[]) => readonly Slide[]): Promise<Post> {
  const changed = await changeVersion(now, ({ slides }) => {
    const next = change(slides);
    return next.length > 1 ? { slides: [...next] } : { slides: [], pictures: 1 };
  });
  return recreateStale(changed);
}

/**
 * Make the pictures of these platforms as the cards that the gallery shows: by the designer, which costs nothing.
 * `isWhole`: these are all platforms of the post, so that those chosen later follow.
 */
export async function setStyle(
  now: Post,
  slots: readonly PictureSlot[],
  style: string,
  isWhole: boolean,
): Promise<Post> {
  const changed = isWhole ? await changeVersion(now, () => ({ image_style: style })) : now;
  return regenerateAll(changed, slots, ({ result }) => ({
    style,
    provider: DESIGNER,
    variant: result.image_variant,
  }));
}

/** Generate the pictures of all slots, even when one fails; then throw the first error. */
export async function regenerateAll(
  post: Post,
  slots: readonly PictureSlot[],
  options: (slot: PictureSlot) => PictureOptions,
): Promise<Post> {
  const outcomes = await Promise.allSettled(
    changeableSlots(slots).map((slot) => regeneratePicture(post, slot.result, options(slot))),
  );
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : [])).at(-1) ?? post;
}

/** Make stale pictures again, because it was the person's own change that made them stale. */
async function recreateStale(post: Post, only?: readonly string[]): Promise<Post> {
  const stale = pictureDeliveries(post).filter(
    (one) => one.image_state === "stale" && (!only || only.includes(one.platform)),
  );
  let last = post;
  for (const result of stale) last = await recreatePicture(post, result);
  return last;
}

const running = new Map<string, Promise<Post>>();

/** Make the first picture of one platform. Calls made while one is running share its answer. */
export function makeFirstPicture(post: Post, result: PlatformResult): Promise<Post> {
  const current = running.get(result.delivery_id);
  if (current) return current;
  const request = recreatePicture(post, result).finally(() => running.delete(result.delivery_id));
  running.set(result.delivery_id, request);
  return request;
}
