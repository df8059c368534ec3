// The text that each platform gets, composed by the server's rule, and its length. Pure.
import type { Platform } from "@/api/platforms";
import { countBytes, countGraphemes, lengthOf } from "@/ui/text/counting";
import { findHashtags, foldHashtag } from "@/ui/text/entities";
import { optionPath, type Draft } from "@/wizard/draftFields";

/** Join content, call to action and hashtags by blank lines. Leave out what is empty and hashtags that are in the text. */
export function composeText(content: string, cta: string, hashtags: readonly string[]): string {
  const parts = [content, cta].map(normalText);
  const known = new Set(parts.flatMap((part) => findHashtags(part).map(({ value }) => foldHashtag(value))));
  const added = hashtags.filter((tag) => {
    const folded = foldHashtag(tag);
    const isNew = !known.has(folded);
    known.add(folded);
    return isNew;
  });
  const tags = normalText(added.map((tag) => `#${tag}`).join(" "));
  return [...parts, tags].filter((part) => part !== "").join("\n\n");
}

/** Normalise to NFC, trimmed, with `\n` as line end. */
function normalText(text: string): string {
  return text.normalize("NFC").replace(/\r\n?/g, "\n").trim();
}

export function composedText(platform: string, draft: Draft): string {
  return composeText(draft.texts[platform] ?? draft.content, draft.cta, draft.hashtags);
}

export type Level = "fine" | "near" | "over";

/** `bytes` where the limit in bytes is the closer one. */
export type CountUnit = Platform["limits"]["unit"] | "bytes";

export interface Count {
  /** What people count. */
  graphemes: number;
  /** What the limit counts, in `unit`. */
  count: number;
  unit: CountUnit;
  limit: number;
  level: Level;
}

/** Return `near` from nine tenths of the limit on. */
export function levelOf(count: number, limit: number): Level {
  if (count > limit) return "over";
  return count >= limit * 0.9 && count > 0 ? "near" : "fine";
}

/** Count the text on a platform, by the limit that is closest; null where the platform shows no text. */
export function countText(platform: Platform, draft: Draft, hasPictures: boolean): Count | null {
  if (!platform.shows_text) return null;
  const text = composedText(platform.name, draft);
  const { limits } = platform;
  const limit = (hasPictures ? limits.text_with_pictures_max : null) ?? limits.text_max;
  const also = countedOptions(platform, draft).reduce((sum, value) => sum + lengthOf(value, limits), 0);
  const counts: Pick<Count, "count" | "unit" | "limit">[] = [
    { count: lengthOf(text, limits) + also, unit: limits.unit, limit },
  ];
  if (limits.bytes_max !== null) counts.push({ count: countBytes(text), unit: "bytes", limit: limits.bytes_max });
  const closest = counts.reduce((one, other) => (other.count / other.limit > one.count / one.limit ? other : one));
  return { ...closest, graphemes: countGraphemes(text), level: levelOf(closest.count, closest.limit) };
}

/** Return the texts of the options that count in the post's text. */
function countedOptions({ name, options }: Platform, draft: Draft): string[] {
  return options
    .filter((option) => option.counts_in_text)
    .map((option) => String(draft.options[optionPath(name, option.name)] ?? option.default ?? ""));
}

/** Count all hashtags of the composed text; null where the platform has no limit. */
export function countTags(platform: Platform, draft: Draft): Pick<Count, "count" | "limit" | "level"> | null {
  const limit = platform.limits.hashtags_max;
  if (!platform.shows_text || limit === null) return null;
  const count = findHashtags(composedText(platform.name, draft)).length;
  return { count, limit, level: levelOf(count, limit) };
}
