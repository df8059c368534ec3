// The wizard's draft as plain values: diff and three-way merge. Pure.
import type { Post, PostFields } from "@/api/posts";
import { liveDeliveries, onePerPlatform } from "@/ui/post/deliveries";

type ByPlatform = Readonly<Record<string, string>>;

/** The post fields that the wizard edits. `texts`, `accounts` and `shapes` are keyed by platform. */
export interface Draft {
  readonly content: string;
  readonly cta: string;
  readonly hashtags: readonly string[];
  readonly texts: ByPlatform;
  readonly platforms: readonly string[];
  /** The ids of each platform's accounts; without an entry: the only one, or the default. */
  readonly accounts: Readonly<Record<string, readonly string[]>>;
  readonly shapes: ByPlatform;
}

export const BLANK: Draft = { content: "", cta: "", hashtags: [], texts: {}, platforms: [], accounts: {}, shapes: {} };

const POST_FIELDS = ["content", "cta", "hashtags", "platforms"] as const;
const PLATFORM_FIELDS = ["texts", "accounts", "shapes"] as const;

type Value = string | readonly string[];
/** Values by path; a path is the unit of change: `content`, `texts/instagram`. */
type FieldValues = ReadonlyMap<string, Value>;

function fieldValues(draft: Draft): FieldValues {
  const values = new Map<string, Value>(POST_FIELDS.map((field) => [field, draft[field]]));
  for (const field of PLATFORM_FIELDS) {
    for (const [platform, value] of Object.entries<Value>(draft[field])) values.set(`${field}/${platform}`, value);
  }
  return values;
}

function toDraft(values: FieldValues): Draft {
  const entries = (field: string) =>
    [...values].flatMap(([name, value]) =>
      name.startsWith(`${field}/`) ? [[name.slice(field.length + 1), value] as const] : [],
    );
  const platformMap = (field: string): ByPlatform =>
    Object.fromEntries(entries(field).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
  const listMap = (field: string) =>
    Object.fromEntries(entries(field).flatMap(([name, value]) => (typeof value === "string" ? [] : [[name, value]])));
  const text = (field: string) => {
    const value = values.get(field);
    return typeof value === "string" ? value : "";
  };
  const list = (field: string) => {
    const value = values.get(field);
    return value === undefined || typeof value === "string" ? [] : value;
  };
  return {
    content: text("content"),
    cta: text("cta"),
    hashtags: list("hashtags"),
    platforms: list("platforms"),
    texts: platformMap("texts"),
    accounts: listMap("accounts"),
    shapes: platformMap("shapes"),
  };
}

function isEqual(one: Value | undefined, other: Value | undefined): boolean {
  if (one === undefined || other === undefined || typeof one === "string" || typeof other === "string")
    return one === other;
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

/** Return the paths that differ, e.g. `["content", "texts/instagram"]`. */
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

/** Return the request fields that turn `base` into `draft`; fields keyed by platform are sent complete. */
export function patchFields(base: Draft, draft: Draft): Partial<PostFields> {
  const changed = new Set(changedFields(base, draft).map((name) => name.split("/")[0]));
  return {
    ...(changed.has("content") ? { content: draft.content } : {}),
    ...(changed.has("cta") ? { cta: draft.cta || null } : {}),
    ...(changed.has("hashtags") ? { hashtags: [...draft.hashtags] } : {}),
    ...(changed.has("platforms") ? { platforms: [...draft.platforms] } : {}),
    ...(changed.has("texts") ? { texts: draft.texts } : {}),
    ...(changed.has("accounts") ? { accounts: requestedAccounts(draft) } : {}),
    ...(changed.has("shapes") ? { shapes: draft.shapes } : {}),
  };
}

function requestedAccounts({ accounts }: Draft): Record<string, string[]> {
  return Object.fromEntries(Object.entries(accounts).map(([platform, ids]) => [platform, [...ids]]));
}

export function draftFromPost(post: Post): Draft {
  // The post no longer goes to the account of a cancelled delivery.
  const live = liveDeliveries(post);
  const platforms = onePerPlatform(live).map(({ platform }) => platform);
  const accounts: Record<string, string[]> = {};
  for (const { platform, account_id } of live)
    if (account_id !== null) accounts[platform] = [...(accounts[platform] ?? []), account_id];
  return {
    content: post.content,
    cta: post.cta ?? "",
    hashtags: post.hashtags,
    texts: post.texts,
    platforms,
    accounts,
    shapes: post.shapes,
  };
}
