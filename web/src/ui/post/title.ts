// What a post is called: posts have no titles, so how their text begins. Pure.
import type { Post } from "@/api/posts";

const LONGEST = 60;

/** The first line that says something, cut between words; "" of a post without words. */
export function titleOf(post: Pick<Post, "content" | "texts">): string {
  const written = [post.content, ...Object.values(post.texts)];
  const line =
    written
      .flatMap((text) => text.split("\n"))
      .map((one) => one.trim())
      .find(Boolean) ?? "";
  return short(line);
}

function short(line: string): string {
  const letters = [...new Intl.Segmenter().segment(line)].map(({ segment }) => segment);
  if (letters.length <= LONGEST) return line;
  const cut = letters.slice(0, LONGEST).join("");
  // A single word longer than that is cut anywhere.
  return `${cut.replace(/\s+\S*$/, "")}…`;
}
