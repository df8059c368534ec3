// The text that each platform gets, composed by the server's rule, and its length. Pure.
import type { Platform } from "@/api/platforms";
import { findHashtags, foldHashtag } from "@/ui/text/entities";
import type { Draft } from "@/wizard/draftFields";

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

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Count graphemes, as a person does: 👩‍👩‍👧 is one. */
export function countGraphemes(text: string): number {
  return Array.from(segmenter.segment(text)).length;
}

export type Level = "fine" | "near" | "over";

export interface Count {
  /** What people count. */
  graphemes: number;
  /** What the limit counts: an emoji may be several code points. */
  codePoints: number;
  limit: number;
  level: Level;
}

/** Return `near` from nine tenths of the limit on. */
export function levelOf(count: number, limit: number): Level {
  if (count > limit) return "over";
  return count >= limit * 0.9 && count > 0 ? "near" : "fine";
}

/** Count the text on a platform; null where the platform shows no text. */
export function countText(platform: Platform, draft: Draft): Count | null {
  if (!platform.shows_text) return null;
  const text = composedText(platform.name, draft);
  const codePoints = Array.from(text).length;
  const limit = platform.limits.text_max;
  return { graphemes: countGraphemes(text), codePoints, limit, level: levelOf(codePoints, limit) };
}

/** Count all hashtags of the composed text; null where the platform has no limit. */
export function countTags(platform: Platform, draft: Draft): Count | null {
  const limit = platform.limits.hashtags_max;
  if (!platform.shows_text || limit === null) return null;
  const count = findHashtags(composedText(platform.name, draft)).length;
  return { graphemes: count, codePoints: count, limit, level: levelOf(count, limit) };
}
