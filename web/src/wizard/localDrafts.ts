// Unsaved drafts in this browser's storage: they survive a lost connection, a reload and a closed tab.
// Imported as `* as localDrafts`.
import { BLANK, FIELD_NAMES, kindOf, type Draft } from "@/wizard/draftFields";
import { forgetNewDraft } from "@/wizard/newDraft";
import { createState, isDirty, type Schedule, type WizardState } from "@/wizard/state";

const PREFIX = "araldo.draft.";

/** Whose drafts: another user or workspace cannot read them. */
export interface Owner {
  userId: string;
  workspaceId: string;
}

type StoredState = Pick<WizardState, "draft" | "base" | "post" | "pendingCreate" | "schedule">;
export interface LocalDraft {
  /** The post's id; for a new post, a random id of this browser. */
  draftId: string;
  at: Date;
  state: StoredState;
}

/** Store the unsaved part of the state, or delete it when everything is saved. Return false when storage is full. */
export function save(owner: Owner, draftId: string, state: WizardState, at: Date): boolean {
  if (!isWorthSaving(state)) {
    localStorage.removeItem(storageName(owner, draftId));
    return true;
  }
  const { draft, base, post, pendingCreate, schedule } = state;
  try {
    localStorage.setItem(
      storageName(owner, draftId),
      JSON.stringify({ at: at.getTime(), state: { draft, base, post, pendingCreate, schedule } }),
    );
    return true;
  } catch {
    return false;
  }
}

/** Delete a draft; if it is this tab's new post, the next new post gets another id. */
export function remove(owner: Owner, draftId: string): void {
  localStorage.removeItem(storageName(owner, draftId));
  forgetNewDraft(draftId);
}

export function find(owner: Owner, draftId: string): LocalDraft | null {
  try {
    const found = JSON.parse(localStorage.getItem(storageName(owner, draftId)) ?? "null") as unknown;
    if (!isRecord(found) || typeof found["at"] !== "number" || !isStoredState(found["state"])) return null;
    return { draftId, at: new Date(found["at"]), state: fillMissingFields(found["state"]) };
  } catch {
    return null;
  }
}

/** List the new posts that the server does not have, the latest first. */
export function listNew(owner: Owner): LocalDraft[] {
  const prefix = storageName(owner, "new-");
  return Object.keys(localStorage)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => find(owner, `new-${name.slice(prefix.length)}`) ?? [])
    .sort((one, other) => other.at.getTime() - one.at.getTime());
}

export function restoreState(stored: LocalDraft, zone: string): WizardState {
  return { ...createState(zone), ...stored.state };
}

function isWorthSaving(state: WizardState): boolean {
  return isDirty(state) || state.pendingCreate !== null || state.schedule.mode !== "now";
}

function storageName(owner: Owner, draftId: string): string {
  return `${PREFIX}${owner.userId}.${owner.workspaceId}.${draftId}`;
}

/** Add the fields that an older version of the studio did not store. */
function fillMissingFields(state: StoredState): StoredState {
  const complete = (draft: Draft): Draft => ({ ...BLANK, ...draft, accounts: listedAccounts(draft.accounts) });
  return {
    ...state,
    draft: complete(state.draft),
    base: complete(state.base),
    pendingCreate: state.pendingCreate && complete(state.pendingCreate),
  };
}

/** Return the accounts as lists: an older version stored one id for each platform. */
function listedAccounts(stored: Readonly<Record<string, string | readonly string[]>> = {}): Draft["accounts"] {
  return Object.fromEntries(Object.entries(stored).map(([name, ids]) => [name, typeof ids === "string" ? [ids] : ids]));
}

function isStoredState(value: unknown): value is StoredState {
  if (!isRecord(value) || !isDraft(value["draft"]) || !isDraft(value["base"]) || !isSchedule(value["schedule"]))
    return false;
  const { post, pendingCreate } = value;
  const isPost = post === null || (isRecord(post) && typeof post["id"] === "string" && typeof post["rev"] === "number");
  return isPost && (pendingCreate === null || isDraft(pendingCreate));
}

function isDraft(value: unknown): value is Draft {
  if (!isRecord(value)) return false;
  return FIELD_NAMES.every((field) => {
    const stored = value[field];
    if (stored === undefined) return true;
    switch (kindOf(field)) {
      case "text":
        return typeof stored === "string";
      case "list":
        return isTextList(stored);
      case "textByPlatform":
        return isRecord(stored) && Object.values(stored).every((one) => typeof one === "string");
      case "valueByOption":
        return isRecord(stored) && Object.values(stored).every((one) => ["string", "boolean"].includes(typeof one));
      case "listByPlatform":
        return isRecord(stored) && Object.values(stored).every((one) => typeof one === "string" || isTextList(one));
    }
  });
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isSchedule(value: unknown): value is Schedule {
  if (!isRecord(value) || !["now", "schedule", "draft"].includes(String(value["mode"]))) return false;
  const isText = (field: string) => typeof value[field] === "string";
  return isText("date") && isText("time") && isText("zone") && (value["exact"] === null || isText("exact"));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
