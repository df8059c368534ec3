// The title of a post: the beginning of its text. Pure.
import type { Post } from "@/api/posts";

const MAX_LENGTH = 60;

/** Return the first non-empty line, cut between words; "" for a post without text. */
export function postTitle(post: Pick<Post, "content" | "texts">): string {
  const texts = [post.content, ...Object.values(post.texts)];
  const line =
    texts
      .flatMap((text) => text.split("\n"))
      .map((part) => part.trim())
      .find(Boolean) ?? "";
  return shorten(line);
}

function shorten(line: string): string {
  const letters = [...new Intl.Segmenter().segment(line)].map(({ segment }) => segment);
  if (letters.length <= MAX_LENGTH) return line;
  const cut = letters.slice(0, MAX_LENGTH).join("");
  // A single longer word is cut inside.
  return `${cut.replace(/\s+\S*$/, "")}…`;
}
