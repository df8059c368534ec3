// A word-by-word diff of two texts. Pure.

export interface DiffPart {
  kind: "same" | "removed" | "added";
  text: string;
}

// Longer texts take too long to compare at every keystroke: the comparison is quadratic.
const MAX_WORDS = 1_500;

/** Return the parts in order: without the added ones they are `before`, without the removed ones `after`. */
export function diffWords(before: string, after: string): DiffPart[] {
  const [a, b] = [splitWords(before), splitWords(after)];
  if (a.length > MAX_WORDS || b.length > MAX_WORDS) {
    return mergeAdjacent([
      { kind: "removed", text: before },
      { kind: "added", text: after },
    ]);
  }
  const common = commonLengths(a, b);
  const parts: DiffPart[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [was, is] = [a[i], b[j]];
    if (was !== undefined && was === is) {
      parts.push({ kind: "same", text: was });
      i += 1;
      j += 1;
    } else if (is === undefined || (was !== undefined && at(common, i + 1, j) >= at(common, i, j + 1))) {
      parts.push({ kind: "removed", text: was ?? "" });
      i += 1;
    } else {
      parts.push({ kind: "added", text: is });
      j += 1;
    }
  }
  return mergeAdjacent(parts);
}

/** Return a table: `[i][j]` is the length of the longest common subsequence of a[i:] and b[j:]. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array[] {
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

/** Split into words and the whitespace between them. */
function splitWords(text: string): string[] {
  return text.match(/\s+|[^\s]+/gu) ?? [];
}

function mergeAdjacent(parts: readonly DiffPart[]): DiffPart[] {
  const merged: DiffPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (last?.kind === part.kind) last.text += part.text;
    else if (part.text !== "") merged.push({ ...part });
  }
  return merged;
}
