// Message keys as types: a key that the catalogue does not have is a compile error.
import type { messages } from "@/i18n/en";

type Catalogue = typeof messages;
export type Area = keyof Catalogue;

/** `count_one` and `count_other` are used as `count`, with `{ count }`. */
type WithoutPlural<K extends string> = K extends `${infer Base}_${"one" | "many" | "other"}` ? Base : K;

type Paths<T> = {
  [K in keyof T & string]: T[K] extends string ? WithoutPlural<K> : `${K}.${Paths<T[K]>}`;
}[keyof T & string];

/** `area:path.to.the.message`, always written in full, so that a search finds every use. */
export type MessageKey = { [A in Area]: `${A}:${Paths<Catalogue[A]>}` }[Area];

export type Translate = (key: MessageKey, values?: Record<string, string | number>) => string;
