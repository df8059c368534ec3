// Hashtags as they are typed and pasted: split, brought into one form, and each only once. Pure.
import { foldHashtag } from "@/ui/text/entities";

/** By spaces, commas, semicolons and line ends; `#` is optional, also between two (`#uno#due`). In NFC, never empty. */
export function splitTags(text: string): string[] {
  return text
    .normalize("NFC")
    .split(/[\s,;#\uFF03]+/u)
    .filter((tag) => tag !== "");
}

/** The tags and those in `text` that are not among them yet; case and width make no difference, the first way to write it stays. */
export function mergeTags(tags: readonly string[], text: string): readonly string[] {
  const known = new Set(tags.map(foldHashtag));
  const added = splitTags(text).filter((tag) => {
    const is = known.has(foldHashtag(tag));
    known.add(foldHashtag(tag));
    return !is;
  });
  return added.length > 0 ? [...tags, ...added] : tags;
}

export function moved<T>(all: readonly T[], from: number, to: number): readonly T[] {
  const item = all[from];
  if (item === undefined || from === to || to < 0 || to >= all.length) return all;
  const rest = all.filter((_, index) => index !== from);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}
