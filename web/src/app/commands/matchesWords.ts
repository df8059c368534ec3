// The palette's search in labels. Pure.

/** Return whether every typed word begins a word of the label, without regard to case and accents. */
export function matchesWords(label: string, typed: string): boolean {
  const words = split(label);
  return split(typed).every((part) => words.some((word) => word.startsWith(part)));
}

function split(text: string): string[] {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}
