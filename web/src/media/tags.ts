// The tags of a picture: what was typed, and which others to suggest. Pure.

/** As the server's limits. */
export const TAGS_MAX = 20;
const SUGGESTED_MAX = 8;

const sameTag = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** Return the tags with those of a comma-separated text, each once. */
export function addTags(tags: readonly string[], typed: string): readonly string[] {
  const added = typed
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);
  return added.reduce<readonly string[]>(
    (all, tag) => (all.some((other) => sameTag(other, tag)) ? all : [...all, tag]),
    tags,
  );
}

/** Return the most used tags that the picture has not, and that contain what is typed after the last comma. */
export function suggestTags(
  known: readonly { tag: string; count: number }[],
  tags: readonly string[],
  typed: string,
): readonly string[] {
  const part = (typed.split(",").at(-1) ?? "").trim().toLowerCase();
  return known
    .filter(({ tag }) => tag.toLowerCase().includes(part) && !tags.some((other) => sameTag(other, tag)))
    .toSorted((one, other) => other.count - one.count)
    .slice(0, SUGGESTED_MAX)
    .map(({ tag }) => tag);
}
