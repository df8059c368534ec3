// Drafts as plain values: diff and three-way merge. Pure.
import type { PostFields } from "@/api/posts";
import {
  buildDraft,
  DRAFT_FIELDS,
  FIELD_NAMES,
  isByPlatform,
  isList,
  type Draft,
  type OptionValue,
} from "@/wizard/draftFields";

type Value = OptionValue | readonly string[];
/** Values by path; a path is the unit of change: `content`, `texts/place`, `options/place/language`. */
type FieldValues = ReadonlyMap<string, Value>;

function fieldValues(draft: Draft): FieldValues {
  const values = new Map<string, Value>();
  for (const field of FIELD_NAMES) {
    const value = draft[field];
    if (typeof value === "string" || isList(value)) values.set(field, value);
    else for (const [key, own] of Object.entries<Value>(value)) values.set(`${field}/${key}`, own);
  }
  return values;
}

/** Reverse `fieldValues`. */
function toDraft(values: FieldValues): Draft {
  return buildDraft((field) => {
    if (!isByPlatform(field)) return values.get(field) as string | readonly string[];
    const entries = [...values].filter(([name]) => name.startsWith(`${field}/`));
    return Object.fromEntries(entries.map(([name, value]) => [name.slice(field.length + 1), value])) as Draft["texts"];
  });
}

function isEqual(one: Value | undefined, other: Value | undefined): boolean {
  if (!isList(one) || !isList(other)) return one === other;
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

/** Return the paths that differ, e.g. `["content", "texts/place"]`. */
export function changedFields(one: Draft, other: Draft): string[] {
  const [a, b] = [fieldValues(one), fieldValues(other)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => !isEqual(a.get(name), b.get(name)));
}

export interface MergeResult {
  draft: Draft;
  /** The paths that both sides changed to different values. */
  conflicts: string[];
}

/** Merge two changes of `base`. Where both changed a path, take `winner`'s value and list the path in `conflicts`. */
export function merge(base: Draft, mine: Draft, theirs: Draft, winner: "mine" | "theirs" = "mine"): MergeResult {
  const [b, m, t] = [fieldValues(base), fieldValues(mine), fieldValues(theirs)];
  const values = new Map<string, Value>();
  const conflicts: string[] = [];
  for (const name of new Set([...b.keys(), ...m.keys(), ...t.keys()])) {
    const [was, my, their] = [b.get(name), m.get(name), t.get(name)];
    const both = !isEqual(my, was) && !isEqual(their, was) && !isEqual(my, their);
    if (both) conflicts.push(name);
    const value = (both ? winner === "mine" : isEqual(their, was)) ? my : their;
    if (value !== undefined) values.set(name, value);
  }
  return { draft: toDraft(values), conflicts };
}

/** Return the request fields that turn `base` into `draft`. */
export function patchFields(base: Draft, draft: Draft): Partial<PostFields> {
  const changed = new Set(changedFields(base, draft).map((name) => name.split("/")[0]));
  const sent = FIELD_NAMES.filter((field) => changed.has(field)).map((field) => DRAFT_FIELDS[field].toRequest(draft));
  return Object.assign({}, ...sent) as Partial<PostFields>;
}
