// The length of a text as its platform counts it, by the server's rules (src/araldo/posts/counting.py); both are tested
// with tests/cases/counting.json. Pure.
import type { Platform } from "@/api/platforms";
import { findLinks } from "@/ui/text/entities";

export type TextLimits = Platform["limits"];

const PIECE = 512;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
// One emoji (UTS #51): a flag, a keycap, or one or more signs that are drawn as one picture.
const SIGN =
  String.raw`\p{Emoji_Modifier_Base}\p{Emoji_Modifier}` +
  String.raw`|\p{Emoji_Presentation}\uFE0F?|(?![0-9#*])\p{Emoji}\uFE0F\p{Emoji_Modifier}?`;
const EMOJI = new RegExp(
  String.raw`\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3` +
    String.raw`|(?:${SIGN})[\u{E0020}-\u{E007F}]*(?:\u200D(?:${SIGN}|\p{Extended_Pictographic}))*`,
  "gu",
);
// What counts two in twitter-text's configuration, version 3, as every emoji does; everything else counts one.
const HEAVY = /[\u1100-\u1FFF\u200E\u200F\u2020-\u2031\u2038-\u{10FFFF}]/gu;
const SCHEME = /^https?:\/\//i;
const MENTION =
  /(?<![=/@\p{L}\p{M}\p{N}_])(@[A-Za-z0-9_][A-Za-z0-9_.-]*)@[\p{L}\p{M}\p{N}_]+(?:[.-]+[\p{L}\p{M}\p{N}_]+)*/gu;

/** Return the length of a composed text in the unit of `limits`. */
export function lengthOf(text: string, limits: TextLimits): number {
  const counted = replaceFixed(text, limits);
  switch (limits.unit) {
    case "graphemes":
      return countGraphemes(counted);
    case "utf16":
      return counted.length;
    case "weighted":
      return countWeighted(counted);
    default:
      return Array.from(counted).length;
  }
}

/** Count bytes of UTF-8. */
export function countBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Count graphemes, as a person does: 👩‍👩‍👧 is one. In pieces, as the segmenter takes the square of a text's length. */
export function countGraphemes(text: string): number {
  let count = 0;
  let at = 0;
  let size = PIECE;
  while (at + size < text.length) {
    // Not between the halves of a surrogate pair.
    const end = at + size + (/[\uD800-\uDBFF]/.test(text[at + size - 1] ?? "") ? 1 : 0);
    const found = Array.from(segmenter.segment(text.slice(at, end)));
    // The last one may go on behind the piece.
    count += found.length - 1;
    at += found.at(-1)?.index ?? 0;
    size = found.length > 1 ? PIECE : 2 * size;
  }
  return count + Array.from(segmenter.segment(text.slice(at))).length;
}

/** Count 1 for a character of most scripts, 2 for a CJK character and for an emoji of any length. */
function countWeighted(text: string): number {
  let emoji = 0;
  const rest = text.replace(EMOJI, () => {
    emoji += 1;
    return "";
  });
  return Array.from(rest).length + (rest.match(HEAVY)?.length ?? 0) + 2 * emoji;
}

/** Replace what has a fixed length by as many letters: links, and mentions whose domain does not count. */
function replaceFixed(text: string, limits: TextLimits): string {
  let result = "";
  let at = 0;
  for (const { start, end, counted } of findFixed(text, limits)) {
    // A mention within a link belongs to the link.
    if (start < at) continue;
    result += text.slice(at, start) + counted;
    at = end;
  }
  return result + text.slice(at);
}

function findFixed(text: string, limits: TextLimits) {
  const { url_length: length, url_needs_scheme: needsScheme } = limits;
  const links = length === null ? [] : findLinks(text).filter(({ value }) => !needsScheme || SCHEME.test(value));
  const mentions = limits.mention_domain_counts ? [] : [...text.matchAll(MENTION)];
  return [
    ...links.map(({ start, end }) => ({ start, end, counted: "x".repeat(length ?? 0) })),
    ...mentions.map(({ index, 0: all, 1: name = "" }) => ({ start: index, end: index + all.length, counted: name })),
  ].sort((one, other) => one.start - other.start);
}
