// Where two texts differ, word by word. Pure.

export interface Piece {
  kind: "same" | "gone" | "new";
  text: string;
}

// Beyond this, comparing every word with every other takes too long to do at each key.
const MOST_WORDS = 1_500;

/** Pieces in order: all but the `new` ones are `before`, all but the `gone` ones are `after`. */
export function differenceOf(before: string, after: string): Piece[] {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  if (a.length > MOST_WORDS || b.length > MOST_WORDS) {
    return joined([
      { kind: "gone", text: before },
      { kind: "new", text: after },
    ]);
  }
  const common = longest(a, b);
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [was, is] = [a[i], b[j]];
    if (was !== undefined && was === is) {
      pieces.push({ kind: "same", text: was });
      i += 1;
      j += 1;
    } else if (is === undefined || (was !== undefined && at(common, i + 1, j) >= at(common, i, j + 1))) {
      pieces.push({ kind: "gone", text: was ?? "" });
      i += 1;
    } else {
      pieces.push({ kind: "new", text: is });
      j += 1;
    }
  }
  return joined(pieces);
}

/** `[i][j]`: how many words a[i:] and b[j:] have in common, in order. */
function longest(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = table[i];
      if (row)
        row[j] = a[i] === b[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function at(table: readonly Uint16Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

/** Words and the spaces between them, so that nothing of the text is lost. */
function wordsOf(text: string): string[] {
  return text.match(/\s+|[^\s]+/gu) ?? [];
}

function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (last?.kind === piece.kind) last.text += piece.text;
    else if (piece.text !== "") all.push({ ...piece });
  }
  return all;
}
