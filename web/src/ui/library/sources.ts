// Which pictures of the library are shown: uploaded ones, generated ones, or all. Pure.
import type { MediumOrigin } from "@/api/media";

export const SOURCES = ["own", "generated", "all"] as const;
export type Source = (typeof SOURCES)[number];

/** The origins of each choice; an empty list means all. */
export const SOURCE_ORIGINS: Record<Source, readonly MediumOrigin[]> = {
  own: ["uploaded", "fetched"],
  generated: ["generated"],
  all: [],
};

export function isSource(value: string): value is Source {
  return SOURCES.some((source) => source === value);
}
