// The library's address: which pictures, which words, and the opened picture. Pure.
import type { MediumOrigin } from "@/api/media";

export const SOURCES = ["own", "generated", "all"] as const;
export type Source = (typeof SOURCES)[number];

/** The origins of each choice; an empty list means all. */
export const SOURCE_ORIGINS: Record<Source, readonly MediumOrigin[]> = {
  own: ["uploaded", "fetched"],
  generated: ["generated"],
  all: [],
};

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
