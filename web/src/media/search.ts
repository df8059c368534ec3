// The library's address: which pictures, which words, which tag, and the opened picture. Pure.
import { SOURCES, type Source } from "@/ui/library/sources";

/** `picture`: the id of the opened one. */
export interface LibrarySearch {
  show?: Source;
  q?: string;
  tag?: string;
  picture?: string;
}

/** Parse an address's search parameters; leave out defaults and what is invalid. */
export function parseLibrarySearch(search: Record<string, unknown>): LibrarySearch {
  const show = SOURCES.find((source) => source === search["show"]);
  const q = toText(search["q"]).slice(0, 500);
  const tag = toText(search["tag"]).slice(0, 40);
  const picture = typeof search["picture"] === "string" ? search["picture"] : "";
  return {
    ...(show && show !== "own" ? { show } : {}),
    ...(q ? { q } : {}),
    ...(tag ? { tag } : {}),
    ...(picture ? { picture } : {}),
  };
}

/** The router parses digits as a number. */
function toText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}
