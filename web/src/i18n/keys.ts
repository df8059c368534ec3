// The keys of all words as types: a key that no language file has does not compile.
import type { words } from "@/i18n/en";

type Words = typeof words;
export type Area = keyof Words;

/** `count_one` and `count_other` are asked for as `count`, with `{ count }`. */
type WithoutPlural<K extends string> = K extends `${infer Base}_${"one" | "many" | "other"}` ? Base : K;

type Paths<T> = {
  [K in keyof T & string]: T[K] extends string ? WithoutPlural<K> : `${K}.${Paths<T[K]>}`;
}[keyof T & string];

/** `area:path.to.the.words`, always written whole, so that a search finds every use. */
export type Key = { [A in Area]: `${A}:${Paths<Words[A]>}` }[Area];

export type Translate = (key: Key, values?: Record<string, string | number>) => string;
