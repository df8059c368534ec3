// What a person writes in the wizard, as plain values: how two versions differ, and how they go together. Pure.
import type { Post, PostFields } from "@/api/posts";

type ByPlatform = Readonly<Record<string, string>>;

/** The part of a post that the wizard's own steps change; `texts`, `accounts` and `shapes` are by platform. */
export interface Draft {
  readonly content: string;
  readonly cta: string;
  readonly hashtags: readonly string[];
  readonly texts: ByPlatform;
  readonly platforms: readonly string[];
  readonly accounts: ByPlatform;
  readonly shapes: ByPlatform;
}

export const BLANK: Draft = { content: "", cta: "", hashtags: [], texts: {}, platforms: [], accounts: {}, shapes: {} };

const WHOLE = ["content", "cta", "hashtags", "platforms"] as const;
const BY_PLATFORM = ["texts", "accounts", "shapes"] as const;

type Value = string | readonly string[];
/** What can be changed by itself: `content`, `texts/instagram`... */
type Atoms = ReadonlyMap<string, Value>;

function atoms(draft: Draft): Atoms {
  const all = new Map<string, Value>(WHOLE.map((field) => [field, draft[field]]));
  for (const field of BY_PLATFORM) {
    for (const [platform, value] of Object.entries(draft[field])) all.set(`${field}/${platform}`, value);
  }
  return all;
}

function draftOf(all: Atoms): Draft {
  const within = (field: string): ByPlatform =>
    Object.fromEntries(
      [...all].flatMap(([name, value]) =>
        name.startsWith(`${field}/`) && typeof value === "string" ? [[name.slice(field.length + 1), value]] : [],
      ),
    );
  const text = (field: string) => {
    const value = all.get(field);
    return typeof value === "string" ? value : "";
  };
  const list = (field: string) => {
    const value = all.get(field);
    return value === undefined || typeof value === "string" ? [] : value;
  };
  return {
    content: text("content"),
    cta: text("cta"),
    hashtags: list("hashtags"),
    platforms: list("platforms"),
    texts: within("texts"),
    accounts: within("accounts"),
    shapes: within("shapes"),
  };
}

function same(one: Value | undefined, other: Value | undefined): boolean {
  if (one === undefined || other === undefined || typeof one === "string" || typeof other === "string")
    return one === other;
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

/** The names of what differs, e.g. `["content", "texts/instagram"]`. */
export function differences(one: Draft, other: Draft): string[] {
  const [a, b] = [atoms(one), atoms(other)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => !same(a.get(name), b.get(name)));
}

export interface Merged {
  draft: Draft;
  /** What both have changed, and not alike. */
  over: string[];
}

/** Both changes of `base` in one; where they are about the same thing, `winner`'s stands and `over` names it. */
export function merge(base: Draft, mine: Draft, theirs: Draft, winner: "mine" | "theirs" = "mine"): Merged {
  const [b, m, t] = [atoms(base), atoms(mine), atoms(theirs)];
  const all = new Map<string, Value>();
  const over: string[] = [];
  for (const name of new Set([...b.keys(), ...m.keys(), ...t.keys()])) {
    const [was, my, their] = [b.get(name), m.get(name), t.get(name)];
    const both = !same(my, was) && !same(their, was) && !same(my, their);
    if (both) over.push(name);
    const value = (both ? winner === "mine" : same(their, was)) ? my : their;
    if (value !== undefined) all.set(name, value);
  }
  return { draft: draftOf(all), over };
}

/** What of a draft has to be sent so that `base` becomes it; objects by platform are sent whole. */
export function fieldsOf(base: Draft, draft: Draft): Partial<PostFields> {
  const changed = new Set(differences(base, draft).map((name) => name.split("/")[0]));
  return {
    ...(changed.has("content") ? { content: draft.content } : {}),
    ...(changed.has("cta") ? { cta: draft.cta || null } : {}),
    ...(changed.has("hashtags") ? { hashtags: [...draft.hashtags] } : {}),
    ...(changed.has("platforms") ? { platforms: [...draft.platforms] } : {}),
    ...(changed.has("texts") ? { texts: draft.texts } : {}),
    ...(changed.has("accounts") ? { accounts: draft.accounts } : {}),
    ...(changed.has("shapes") ? { shapes: draft.shapes } : {}),
  };
}

export function draftOfPost(post: Post): Draft {
  // What was cancelled on one platform goes there no more.
  const platforms = post.platforms.filter(({ state }) => state !== "cancelled").map(({ platform }) => platform);
  return {
    content: post.content,
    cta: post.cta ?? "",
    hashtags: post.hashtags,
    texts: post.texts,
    platforms,
    accounts: post.accounts,
    shapes: post.shapes,
  };
}
