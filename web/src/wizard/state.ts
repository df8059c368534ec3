// Everything that the wizard knows, and how each thing that happens changes it. Pure: the clock is handed in.
import { BLANK, differences, merge, type Draft } from "@/wizard/draft";
import { mergeTags, moved } from "@/wizard/hashtags";
import type { Saving } from "@/ui/SaveState";

export type Act = "now" | "schedule" | "draft";

/** When it is to go out: `date` and `time` as clocks in `zone` read, and `exact` where that alone leaves two answers. */
export interface When {
  readonly act: Act;
  /** `2026-11-24`, or "" while none is chosen. */
  readonly date: string;
  /** `10:00` */
  readonly time: string;
  readonly zone: string;
  /** RFC 3339, chosen from what the server suggested. */
  readonly exact: string | null;
}

/** A post as the server has it. */
export interface Known {
  readonly id: string;
  readonly rev: number;
  readonly draft: Draft;
}

export interface Conflict {
  readonly theirs: Known;
  /** What both have changed, e.g. `["content"]`. */
  readonly over: readonly string[];
}

export interface WizardState {
  readonly draft: Draft;
  /** As the server last had it; what a new post begins with, while it has none. */
  readonly base: Draft;
  readonly post: { readonly id: string; readonly rev: number } | null;
  /** What the save that is under way carries. */
  readonly sending: Draft | null;
  /** What a post was begun with, when no answer came: asked again, it has to be asked alike. */
  readonly begunWith: Draft | null;
  readonly saving: Saving;
  /** Why the last save failed; null again after a good one. */
  readonly failure: unknown;
  readonly conflict: Conflict | null;
  readonly when: When;
}

export type Happening =
  | { type: "wrote"; field: "content" | "cta"; text: string }
  | { type: "tagged"; text: string }
  | { type: "untagged"; index: number }
  | { type: "tagMoved"; from: number; to: number }
  | { type: "customised"; platform: string; text: string }
  | { type: "shared"; platform: string }
  | { type: "platformSet"; platform: string; chosen: boolean; order: readonly string[] }
  | { type: "accountChosen"; platform: string; accountId: string }
  | { type: "shapeChosen"; platform: string; shape: string }
  | { type: "planned"; when: Partial<When> }
  | { type: "saveBegan" }
  | { type: "saved"; post: Known; at: Date }
  | { type: "saveFailed"; kind: "offline" | "failed" | "outdated"; definite: boolean; failure: unknown }
  | { type: "met"; post: Known }
  | { type: "settled"; whose: "mine" | "theirs"; at: Date };

export function beginning(zone: string, draft: Draft = BLANK, post: Known | null = null): WizardState {
  return {
    draft,
    base: post ? post.draft : draft,
    post: post && { id: post.id, rev: post.rev },
    sending: null,
    begunWith: null,
    saving: { kind: "nothing" },
    failure: null,
    conflict: null,
    when: { act: "now", date: "", time: "", zone, exact: null },
  };
}

/** Whether there is anything that the server does not have yet. */
export function isDirty(state: WizardState): boolean {
  return differences(state.draft, state.base).length > 0;
}

export function reduce(state: WizardState, what: Happening): WizardState {
  const draft = reduceDraft(state.draft, what);
  if (draft !== state.draft) return { ...state, draft };
  switch (what.type) {
    case "planned":
      return { ...state, when: planned(state.when, what.when) };
    case "saveBegan":
      return saveBegan(state);
    case "saved":
      return saved(state, what.post, what.at);
    case "saveFailed":
      return saveFailed(state, what);
    case "met":
      return met(state, what.post);
    case "settled":
      return settled(state, what.whose, what.at);
    default:
      return state;
  }
}

function reduceDraft(draft: Draft, what: Happening): Draft {
  switch (what.type) {
    case "wrote":
      return draft[what.field] === what.text ? draft : { ...draft, [what.field]: what.text };
    case "tagged":
      return { ...draft, hashtags: mergeTags(draft.hashtags, what.text) };
    case "untagged":
      return { ...draft, hashtags: draft.hashtags.filter((_, index) => index !== what.index) };
    case "tagMoved":
      return { ...draft, hashtags: moved(draft.hashtags, what.from, what.to) };
    case "customised":
      return { ...draft, texts: { ...draft.texts, [what.platform]: what.text } };
    case "shared":
      return { ...draft, texts: without(draft.texts, what.platform) };
    case "platformSet":
      return { ...draft, platforms: withPlatform(draft.platforms, what) };
    case "accountChosen":
      return { ...draft, accounts: { ...draft.accounts, [what.platform]: what.accountId } };
    case "shapeChosen":
      return { ...draft, shapes: { ...draft.shapes, [what.platform]: what.shape } };
    default:
      return draft;
  }
}

/** In the order in which the platforms are shown, whatever order they were chosen in; unknown ones stay at the end. */
function withPlatform(
  chosen: readonly string[],
  { platform, chosen: on, order }: Extract<Happening, { type: "platformSet" }>,
) {
  const all = new Set(chosen);
  if (on) all.add(platform);
  else all.delete(platform);
  return [...order.filter((name) => all.has(name)), ...[...all].filter((name) => !order.includes(name))];
}

function planned(when: When, change: Partial<When>): When {
  const clock = (["date", "time", "zone"] as const).some(
    (field) => change[field] !== undefined && change[field] !== when[field],
  );
  // An instant that was chosen for another wall time says nothing about this one.
  return { ...when, ...(clock ? { exact: null } : {}), ...change };
}

function saveBegan(state: WizardState): WizardState {
  const sending = state.post ? state.draft : (state.begunWith ?? state.draft);
  return { ...state, sending, begunWith: state.post ? null : sending, saving: { kind: "saving" } };
}

function saveFailed(
  state: WizardState,
  { kind, definite, failure }: Extract<Happening, { type: "saveFailed" }>,
): WizardState {
  const next = { ...state, sending: null, begunWith: definite ? null : state.begunWith };
  // What is outdated is saved at once on top of what is newer.
  return kind === "outdated" ? next : { ...next, saving: { kind }, failure };
}

function saved(state: WizardState, post: Known, at: Date): WizardState {
  // The server may have put something in order, or filled in an account; what was written since then stands.
  const { draft } = merge(state.sending ?? state.base, state.draft, post.draft);
  const next = {
    ...state,
    draft,
    base: post.draft,
    post: { id: post.id, rev: post.rev },
    sending: null,
    begunWith: null,
  };
  return { ...next, conflict: null, failure: null, saving: isDirty(next) ? { kind: "saving" } : { kind: "saved", at } };
}

function met(state: WizardState, theirs: Known): WizardState {
  // While a save is under way its own answer tells.
  if (state.sending || (state.post && theirs.rev <= state.post.rev)) return state;
  const { draft, over } = merge(state.base, state.draft, theirs.draft);
  if (over.length > 0) return { ...state, conflict: { theirs, over }, saving: { kind: "conflict" } };
  const saving: Saving = state.conflict ? { kind: "nothing" } : state.saving;
  return { ...state, draft, base: theirs.draft, post: { id: theirs.id, rev: theirs.rev }, conflict: null, saving };
}

function settled(state: WizardState, whose: "mine" | "theirs", at: Date): WizardState {
  if (!state.conflict) return state;
  const { theirs } = state.conflict;
  const { draft } = merge(state.base, state.draft, theirs.draft, whose);
  const next = { ...state, draft, base: theirs.draft, post: { id: theirs.id, rev: theirs.rev }, conflict: null };
  return { ...next, saving: isDirty(next) ? { kind: "saving" } : { kind: "saved", at } };
}

function without(all: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
}
