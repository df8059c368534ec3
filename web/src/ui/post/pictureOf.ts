// Which picture stands for a post.
import type { Post } from "@/api/posts";

/** Return the URL of a post's first picture, null where it has none yet. */
export function pictureOf(post: Post): string | null {
  return post.platforms.find(({ image_url }) => image_url !== null)?.image_url ?? null;
}
