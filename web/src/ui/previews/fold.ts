// Where a feed hides the rest of a long text behind "… more", and which of its words it colours. Pure.

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

const SPECIAL =
  /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?'”»)\]])|(?<![\p{L}\p{N}_&/])(?:(#[\p{L}\p{N}\p{M}_]*\p{L}[\p{L}\p{N}\p{M}_]*)|(@[\p{L}\p{N}_.]*[\p{L}\p{N}_]))/gu;

/** The text in pieces, of which nothing is lost: joined they are the text again. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(SPECIAL)) {
    if (match.index > at) found.push({ kind: "plain", text: text.slice(at, match.index) });
    const [whole, link, tag] = match;
    found.push({ kind: link ? "link" : tag ? "tag" : "mention", text: whole });
    at = match.index + whole.length;
  }
  if (at < text.length) found.push({ kind: "plain", text: text.slice(at) });
  return found;
}
