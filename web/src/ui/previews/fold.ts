// Where a feed hides the rest of a long text behind "… more", and which of its words it colours. Pure.
import { findEntities } from "@/ui/text/entities";

export interface Fold {
  /** Graphemes, line breaks among them. */
  characters: number;
  lines: number;
}

export interface Folded {
  shown: string;
  /** Whether more follows. */
  folded: boolean;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The beginning of `text` that a feed shows, cut between words where one is near. The services do not say where they cut. */
export function fold(text: string, most: Fold): Folded {
  let end = 0;
  let characters = 0;
  let lines = 1;
  for (const { segment, index } of graphemes.segment(text)) {
    const breaks = segment === "\n" || segment === "\r\n";
    if (characters === most.characters || (breaks && lines === most.lines)) {
      return { shown: atAWord(text.slice(0, end), text.slice(end)), folded: true };
    }
    if (breaks) lines += 1;
    characters += 1;
    end = index + segment.length;
  }
  return { shown: text, folded: false };
}

/** A word is cut only when it is so long that too little would be left without it. */
function atAWord(begun: string, rest: string): string {
  if (/^\s/.test(rest)) return begun.trimEnd();
  const space = begun.search(/\s\S*$/);
  return (space > begun.length / 2 ? begun.slice(0, space) : begun).trimEnd();
}

export interface Piece {
  kind: "plain" | "tag" | "mention" | "link";
  text: string;
}

const KINDS = { link: "link", hashtag: "tag", mention: "mention" } as const;

/** The first `length` of the text in pieces, of which nothing is lost: joined they are its beginning. */
export function pieces(text: string, length = text.length): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  const add = (kind: Piece["kind"], end: number) => {
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
