// The library's address: which pictures, which words, and the opened picture. Pure.
import { SOURCES, type Source } from "@/ui/library/sources";

/** `picture`: the id of the opened one. */
export interface LibrarySearch {
  show?: Source;
  q?: string;
  picture?: string;
}

/** Parse an address's search parameters; leave out defaults and what is invalid. */
export function parseLibrarySearch(search: Record<string, unknown>): LibrarySearch {
  const show = SOURCES.find((source) => source === search["show"]);
  // The router parses digits as a number.
  const q =
    typeof search["q"] === "string" || typeof search["q"] === "number" ? String(search["q"]).trim().slice(0, 500) : "";
  const picture = typeof search["picture"] === "string" ? search["picture"] : "";
  return {
    ...(show && show !== "own" ? { show } : {}),
    ...(q ? { q } : {}),
    ...(picture ? { picture } : {}),
  };
}
