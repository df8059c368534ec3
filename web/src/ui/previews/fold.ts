// Where a feed folds a long text behind "… more", and which parts it colours. Pure.
import { findEntities } from "@/ui/text/entities";

export interface Fold {
  /** Graphemes, line breaks among them. */
  characters: number;
  lines: number;
}

export interface FoldedResult {
  visible: string;
  /** Whether the rest is hidden. */
  isFolded: boolean;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Return the visible beginning of a text, cut between words. Approximate: the platforms do not document the limits. */
export function foldText(text: string, limit: Fold): FoldedResult {
  let end = 0;
  let characters = 0;
  let lines = 1;
  for (const { segment, index } of graphemes.segment(text)) {
    const breaks = segment === "\n" || segment === "\r\n";
    if (characters === limit.characters || (breaks && lines === limit.lines)) {
      return { visible: cutAtWord(text.slice(0, end), text.slice(end)), isFolded: true };
    }
    if (breaks) lines += 1;
    characters += 1;
    end = index + segment.length;
  }
  return { visible: text, isFolded: false };
}

/** Cut before the last word, unless that would remove more than half. */
function cutAtWord(begun: string, rest: string): string {
  if (/^\s/.test(rest)) return begun.trimEnd();
  const space = begun.search(/\s\S*$/);
  return (space > begun.length / 2 ? begun.slice(0, space) : begun).trimEnd();
}

export interface TextPart {
  kind: "plain" | "tag" | "mention" | "link";
  text: string;
}

const KINDS = { link: "link", hashtag: "tag", mention: "mention" } as const;

/** Split the first `length` characters into plain text, tags, mentions and links. */
export function splitText(text: string, length = text.length): TextPart[] {
  const found: TextPart[] = [];
  let at = 0;
  const add = (kind: TextPart["kind"], end: number) => {
    const part = text.slice(at, Math.min(end, length));
    if (part !== "") found.push({ kind, text: part });
    at = Math.max(at, end);
  };
  for (const { kind, start, end } of findEntities(text)) {
    add("plain", start);
    add(KINDS[kind], end);
  }
  add("plain", text.length);
  return found;
}
