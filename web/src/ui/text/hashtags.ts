// Hashtags as people type and paste them: split, normalised, without duplicates. Pure.
import { foldHashtag } from "@/ui/text/entities";

/** Split at whitespace, commas, semicolons and `#` (also `#uno#due`). Return NFC, nothing empty. */
export function splitTags(text: string): string[] {
  return text
    .normalize("NFC")
    .split(/[\s,;#\uFF03]+/u)
    .filter((tag) => tag !== "");
}

/** Add the tags in `text` that are new, ignoring case and width. Return the same array when there is none. */
export function mergeTags(tags: readonly string[], text: string): readonly string[] {
  const known = new Set(tags.map(foldHashtag));
  const added = splitTags(text).filter((tag) => {
    const isKnown = known.has(foldHashtag(tag));
    known.add(foldHashtag(tag));
    return !isKnown;
  });
  return added.length > 0 ? [...tags, ...added] : tags;
}

/** Move an item. Return the same array when either index is outside. */
export function moveHashtag<T>(items: readonly T[], from: number, to: number): readonly T[] {
  const item = items[from];
  if (item === undefined || from === to || to < 0 || to >= items.length) return items;
  const rest = items.filter((_, index) => index !== from);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}
