// What the server is asked about a post's pictures, and how what it answers becomes what is shown.
import { queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import { once } from "@/api/intent";
import { Problem } from "@/api/problem";
import { ifMatch, POSTS, postQuery, putPost, type PlatformResult, type Post, type PostFields } from "@/api/posts";
import type { components } from "@/api/schema";
import { stampOf } from "@/wizard/pictures/pictures";

export type Medium = components["schemas"]["MediumRead"];
export type Wish = components["schemas"]["Regenerate"];
export type Slide = components["schemas"]["SlideFields"];
export type ImageChoice = components["schemas"]["ImageChoice"];
type Option = components["schemas"]["PictureOption"];
export type PastPicture = Option;

export const imageChoicesQuery = queryOptions({
  queryKey: ["image-choices"],
  queryFn: ({ signal }) => answered(api.GET("/api/v1/images/choices", { signal })),
  // They change with the operator's settings only.
  staleTime: Infinity,
});

/** The last five pictures of one platform, asked for anew when what the post says of it has changed. */
export function albumQuery(postId: string, result: PlatformResult) {
  const path = { post_id: postId, platform: result.platform };
  return queryOptions({
    queryKey: ["album", postId, result.platform, stampOf(result)],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/v1/posts/{post_id}/images/{platform}", { params: { path }, signal })),
    staleTime: Infinity,
  });
}

export function mediumQuery(mediumId: string) {
  return queryOptions({
    queryKey: ["media", "one", mediumId],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/v1/media/{medium_id}", { params: { path: { medium_id: mediumId } }, signal })),
  });
}

/** Makes it anew; without a variant in the wish it is another throw of the dice. */
export function regenerate(post: Post, result: PlatformResult, wish: Wish): Promise<Post> {
  const path = { post_id: post.job_id, platform: result.platform };
  // A repeat of a lost answer is not another throw, which would be paid for as well.
  return once(`picture/${result.delivery_id}/${stampOf(result)}/${JSON.stringify(wish)}`, (header) =>
    answered(
      api.POST("/api/v1/posts/{post_id}/images/{platform}/regenerate", { params: { path, header }, body: wish }),
    ),
  );
}

/** As it was asked for before: the first time, after a fault, or from the new text. */
export function remake(post: Post, result: PlatformResult): Promise<Post> {
  const given = post.images[result.platform];
  if (result.image_origin !== "given" || !given?.media_id)
    return regenerate(post, result, { variant: result.image_variant });
  // One's own with words over it: cut and written on anew. Made anew it would be another picture.
  const { media_id, crop, focal } = given;
  const again = { media_id, crop, focal, alt: result.image_alt } as ImageChoice;
  return setImages(post.job_id, { [result.platform]: again });
}

export function choose(postId: string, platform: string, mediumId: string): Promise<Post> {
  const params = { path: { post_id: postId, platform } };
  return answered(
    api.POST("/api/v1/posts/{post_id}/images/{platform}/choose", { params, body: { media_id: mediumId } }),
  );
}

export function lock(postId: string, platform: string, locked: boolean): Promise<Post> {
  const params = { path: { post_id: postId, platform } };
  return answered(api.POST("/api/v1/posts/{post_id}/images/{platform}/lock", { params, body: { locked } }));
}

/** By platform; null goes back to a made picture. What is not named stays. */
export function setImages(postId: string, images: Record<string, ImageChoice | null>): Promise<Post> {
  return patch(postId, { images });
}

/** Another shape, and with it another picture: one's own is cut anew by the server, a made one is made anew. */
export async function setShape(now: Post, platform: string, shape: string): Promise<Post> {
  const changed = await basedOn(now, (post) => ({ shapes: { ...post.shapes, [platform]: shape } }));
  return remakeStale(changed, [platform]);
}

/** `slidesOf` is asked again when the post has changed meanwhile, so that nobody's change is lost. */
export async function setSlides(now: Post, slidesOf: (slides: readonly Slide[]) => readonly Slide[]): Promise<Post> {
  const changed = await basedOn(now, ({ slides }) => {
    const next = slidesOf(slides);
    return next.length > 1 ? { slides: [...next] } : { slides: [], pictures: 1 };
  });
  return remakeStale(changed);
}

const TRIES = 3;

/** A change of something that is replaced as a whole: of the post as it is, also when the words were just saved beside. */
async function basedOn(now: Post, fieldsOf: (post: Post) => Partial<PostFields>): Promise<Post> {
  let post = now;
  for (let tries = 1; ; tries += 1) {
    try {
      return await patch(post.job_id, fieldsOf(post), ifMatch(post));
    } catch (error) {
      if (!(error instanceof Problem && error.status === 412) || tries === TRIES) throw error;
      post = await answered(api.GET("/api/v1/posts/{post_id}", { params: { path: { post_id: post.job_id } } }));
    }
  }
}

function patch(postId: string, fields: Partial<PostFields>, header: Record<string, string> = {}): Promise<Post> {
  const params = { path: { post_id: postId }, header };
  // The description calls required what has a default; what is left out stays as it is.
  return answered(api.PATCH("/api/v1/posts/{post_id}", { params, body: fields as PostFields }));
}

/** The person asked for what made them stale, so they need not ask again. */
async function remakeStale(post: Post, only?: readonly string[]): Promise<Post> {
  const stale = post.platforms.filter((one) => one.image_state === "stale" && (!only || only.includes(one.platform)));
  let last = post;
  for (const result of stale) last = await remake(post, result);
  return last;
}

export function fetchMedium(url: string): Promise<Medium> {
  return once(`fetch/${url}`, (header) => answered(api.POST("/api/v1/media", { body: { url }, params: { header } })));
}

/**
 * A change, with its error; what the server answers is shown at once, and looked at again. It is given the post as it is
 * known when its turn comes: those of one `queue` wait for each other.
 */
export function usePostChange(post: Post, queue?: string) {
  const client = useQueryClient();
  const { queryKey } = postQuery(post.job_id);
  return useMutation({
    mutationFn: (call: (now: Post) => Promise<Post>) => call(client.getQueryData(queryKey) ?? post),
    ...(queue === undefined ? {} : { scope: { id: `${post.job_id} ${queue}` } }),
    onSuccess: (post) => shown(client, post),
    // Somebody else was faster, or it went out: what is shown is no longer so.
    onError: () => void client.invalidateQueries({ queryKey }),
  });
}

/** What `usePostChange` gives: the call that changes the post, whether it is on its way, and its error. */
export type PostChange = ReturnType<typeof usePostChange>;

/** An event may have told of later things while the answer was on its way. */
function shown(client: QueryClient, post: Post): void {
  putPost(client, post);
  void client.invalidateQueries({ queryKey: [...POSTS, "one", post.job_id] });
}

const beginning = new Map<string, Promise<Post>>();

/** The first picture of one platform; whoever asks while it is asked for shares the answer. */
export function begin(post: Post, result: PlatformResult): Promise<Post> {
  const asked = beginning.get(result.delivery_id);
  if (asked) return asked;
  const asking = remake(post, result).finally(() => beginning.delete(result.delivery_id));
  beginning.set(result.delivery_id, asking);
  return asking;
}
