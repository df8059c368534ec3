// What each platform will be sent, by the rule that the server composes with, and how much of its room that takes. Pure.
import type { Platform } from "@/api/platforms";
import { findHashtags, foldHashtag } from "@/ui/text/entities";
import type { Draft } from "@/wizard/draft";

/** Content, blank line, call to action, blank line, `#a #b`; no gap for what is empty, and no hashtag twice. */
export function composeText(content: string, cta: string, hashtags: readonly string[]): string {
  const words = [content, cta].map(normalText);
  const known = new Set(words.flatMap((part) => findHashtags(part).map(({ value }) => foldHashtag(value))));
  const added = hashtags.filter((tag) => {
    const folded = foldHashtag(tag);
    const isNew = !known.has(folded);
    known.add(folded);
    return isNew;
  });
  const tags = normalText(added.map((tag) => `#${tag}`).join(" "));
  return [...words, tags].filter((part) => part !== "").join("\n\n");
}

/** With one character for each line end. */
function normalText(text: string): string {
  return text.normalize("NFC").replace(/\r\n?/g, "\n").trim();
}

export function textOn(platform: string, draft: Draft): string {
  return composeText(draft.texts[platform] ?? draft.content, draft.cta, draft.hashtags);
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** As a person counts: 👩‍👩‍👧 is one. */
export function graphemes(text: string): number {
  return Array.from(segmenter.segment(text)).length;
}

export type Level = "fine" | "near" | "over";

export interface Count {
  /** For people, who count graphemes. */
  seen: number;
  /** For the limit, which is in Unicode code points: an emoji may be several. */
  counted: number;
  most: number;
  level: Level;
}

/** From nine tenths on it is near. */
export function levelOf(count: number, most: number): Level {
  if (count > most) return "over";
  return count >= most * 0.9 && count > 0 ? "near" : "fine";
}

/** Null where the text is not shown, so nothing limits it. */
export function countText(platform: Platform, draft: Draft): Count | null {
  if (!platform.shows_text) return null;
  const text = textOn(platform.name, draft);
  const counted = Array.from(text).length;
  const most = platform.limits.text_max;
  return { seen: graphemes(text), counted, most, level: levelOf(counted, most) };
}

/** Every hashtag in what is sent, those inside the text as well; null where there is no limit. */
export function countTags(platform: Platform, draft: Draft): Count | null {
  const most = platform.limits.hashtags_max;
  if (!platform.shows_text || most === null) return null;
  const counted = findHashtags(textOn(platform.name, draft)).length;
  return { seen: counted, counted, most, level: levelOf(counted, most) };
}
