// The wizard's state and its reducer. Pure: the clock is handed in.
import { changedFields, merge } from "@/wizard/draft";
import { BLANK, optionPath, type Draft, type OptionValue, type TextField } from "@/wizard/draftFields";
import { mergeTags, moveHashtag } from "@/ui/text/hashtags";
import type { SaveStatus } from "@/ui/SaveIndicator";

export type PublishMode = "now" | "schedule" | "draft";

/** When to publish. `date` and `time` are wall time in `zone`; `exact` decides where that wall time is ambiguous. */
export interface Schedule {
  readonly mode: PublishMode;
  /** `2026-11-24`, or "" while no date is chosen. */
  readonly date: string;
  /** `10:00` */
  readonly time: string;
  readonly zone: string;
  /** RFC 3339, one of the server's suggestions. */
  readonly exact: string | null;
}

/** The post as the server last returned it. */
export interface ServerVersion {
  readonly id: string;
  readonly rev: number;
  readonly draft: Draft;
}

export interface Conflict {
  readonly theirs: ServerVersion;
  /** The fields that both sides changed, e.g. `["content"]`. */
  readonly fields: readonly string[];
}

export interface WizardState {
  readonly draft: Draft;
  /** The draft as the server last returned it; for a new post, the initial draft. */
  readonly base: Draft;
  readonly post: { readonly id: string; readonly rev: number } | null;
  /** The draft in the save request that is running. */
  readonly sending: Draft | null;
  /** The draft of a create request that got no answer: a retry must send the same draft. */
  readonly pendingCreate: Draft | null;
  readonly saveStatus: SaveStatus;
  /** The error of the last save; null after a successful one. */
  readonly failure: unknown;
  readonly conflict: Conflict | null;
  readonly schedule: Schedule;
}

export type Action =
  | { type: "contentChanged"; field: TextField; text: string }
  | { type: "hashtagsAdded"; text: string }
  | { type: "hashtagRemoved"; index: number }
  | { type: "hashtagMoved"; from: number; to: number }
  | { type: "platformTextChanged"; platform: string; text: string }
  | { type: "platformTextReset"; platform: string }
  | { type: "platformToggled"; platform: string; chosen: boolean; order: readonly string[] }
  | { type: "accountsSelected"; platform: string; accountIds: readonly string[] }
  | { type: "shapeSelected"; platform: string; shape: string }
  | { type: "optionChanged"; platform: string; option: string; value: OptionValue | null }
  | { type: "scheduleChanged"; change: Partial<Schedule> }
  | { type: "saveStarted" }
  | { type: "saveSucceeded"; post: ServerVersion; at: Date }
  | { type: "saveFailed"; kind: "offline" | "failed" | "outdated"; definite: boolean; failure: unknown }
  | { type: "serverVersionReceived"; post: ServerVersion }
  | { type: "conflictResolved"; whose: "mine" | "theirs"; at: Date };

export function createState(zone: string, draft: Draft = BLANK, post: ServerVersion | null = null): WizardState {
  return {
    draft,
    base: post ? post.draft : draft,
    post: post && { id: post.id, rev: post.rev },
    sending: null,
    pendingCreate: null,
    saveStatus: { kind: "nothing" },
    failure: null,
    conflict: null,
    schedule: { mode: "now", date: "", time: "", zone, exact: null },
  };
}

/** Return whether the draft has changes that the server does not have. */
export function isDirty(state: WizardState): boolean {
  return changedFields(state.draft, state.base).length > 0;
}

export function reduce(state: WizardState, action: Action): WizardState {
  const draft = reduceDraft(state.draft, action);
  if (draft !== state.draft) return { ...state, draft };
  switch (action.type) {
    case "scheduleChanged":
      return { ...state, schedule: changeSchedule(state.schedule, action.change) };
    case "saveStarted":
      return startSave(state);
    case "saveSucceeded":
      return completeSave(state, action.post, action.at);
    case "saveFailed":
      return failSave(state, action);
    case "serverVersionReceived":
      return receiveServerVersion(state, action.post);
    case "conflictResolved":
      return resolveConflict(state, action.whose, action.at);
    default:
      return state;
  }
}

function reduceDraft(draft: Draft, action: Action): Draft {
  switch (action.type) {
    case "contentChanged":
      return draft[action.field] === action.text ? draft : { ...draft, [action.field]: action.text };
    case "hashtagsAdded":
      return { ...draft, hashtags: mergeTags(draft.hashtags, action.text) };
    case "hashtagRemoved":
      return { ...draft, hashtags: draft.hashtags.filter((_, index) => index !== action.index) };
    case "hashtagMoved":
      return { ...draft, hashtags: moveHashtag(draft.hashtags, action.from, action.to) };
    case "platformTextChanged":
      return { ...draft, texts: { ...draft.texts, [action.platform]: action.text } };
    case "platformTextReset":
      return { ...draft, texts: omit(draft.texts, action.platform) };
    case "platformToggled":
      return { ...draft, platforms: withPlatform(draft.platforms, action) };
    default:
      return reduceChoices(draft, action);
  }
}

/** Apply a choice that a person makes for one platform. */
function reduceChoices(draft: Draft, action: Action): Draft {
  switch (action.type) {
    case "accountsSelected":
      return { ...draft, accounts: { ...draft.accounts, [action.platform]: action.accountIds } };
    case "shapeSelected":
      return { ...draft, shapes: { ...draft.shapes, [action.platform]: action.shape } };
    case "optionChanged": {
      const path = optionPath(action.platform, action.option);
      const { value } = action;
      return { ...draft, options: value === null ? omit(draft.options, path) : { ...draft.options, [path]: value } };
    }
    default:
      return draft;
  }
}

/** Add or remove a platform. Keep the display order `order`; unknown platforms stay at the end. */
function withPlatform(
  chosen: readonly string[],
  { platform, chosen: isOn, order }: Extract<Action, { type: "platformToggled" }>,
) {
  const names = new Set(chosen);
  if (isOn) names.add(platform);
  else names.delete(platform);
  return [...order.filter((name) => names.has(name)), ...[...names].filter((name) => !order.includes(name))];
}

function changeSchedule(schedule: Schedule, change: Partial<Schedule>): Schedule {
  const isWallTimeChanged = (["date", "time", "zone"] as const).some(
    (field) => change[field] !== undefined && change[field] !== schedule[field],
  );
  // An instant that was chosen for another wall time does not apply to this one.
  return { ...schedule, ...(isWallTimeChanged ? { exact: null } : {}), ...change };
}

function startSave(state: WizardState): WizardState {
  const sending = state.post ? state.draft : (state.pendingCreate ?? state.draft);
  return { ...state, sending, pendingCreate: state.post ? null : sending, saveStatus: { kind: "saving" } };
}

function failSave(
  state: WizardState,
  { kind, definite, failure }: Extract<Action, { type: "saveFailed" }>,
): WizardState {
  const next = { ...state, sending: null, pendingCreate: definite ? null : state.pendingCreate };
  // After a 412 the save is repeated at once on the newer version.
  return kind === "outdated" ? next : { ...next, saveStatus: { kind }, failure };
}

function completeSave(state: WizardState, post: ServerVersion, at: Date): WizardState {
  // The server may have normalised a field or set an account; changes made since the request stay.
  const { draft } = merge(state.sending ?? state.base, state.draft, post.draft);
  const next = {
    ...state,
    draft,
    base: post.draft,
    post: { id: post.id, rev: post.rev },
    sending: null,
    pendingCreate: null,
  };
  return {
    ...next,
    conflict: null,
    failure: null,
    saveStatus: isDirty(next) ? { kind: "saving" } : { kind: "saved", at },
  };
}

function receiveServerVersion(state: WizardState, theirs: ServerVersion): WizardState {
  // The answer of a running save brings the newer version.
  if (state.sending || (state.post && theirs.rev <= state.post.rev)) return state;
  const { draft, conflicts } = merge(state.base, state.draft, theirs.draft);
  if (conflicts.length > 0)
    return { ...state, conflict: { theirs, fields: conflicts }, saveStatus: { kind: "conflict" } };
  const saveStatus: SaveStatus = state.conflict ? { kind: "nothing" } : state.saveStatus;
  return { ...state, draft, base: theirs.draft, post: { id: theirs.id, rev: theirs.rev }, conflict: null, saveStatus };
}

function resolveConflict(state: WizardState, whose: "mine" | "theirs", at: Date): WizardState {
  if (!state.conflict) return state;
  const { theirs } = state.conflict;
  const { draft } = merge(state.base, state.draft, theirs.draft, whose);
  const next = { ...state, draft, base: theirs.draft, post: { id: theirs.id, rev: theirs.rev }, conflict: null };
  return { ...next, saveStatus: isDirty(next) ? { kind: "saving" } : { kind: "saved", at } };
}

function omit<Value>(names: Readonly<Record<string, Value>>, name: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(names).filter(([key]) => key !== name));
}
