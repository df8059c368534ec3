// What was written and not saved yet, kept in this browser: through a lost connection, a reload and a closed tab.
import { BLANK, type Draft } from "@/wizard/draft";
import { beginning, isDirty, type When, type WizardState } from "@/wizard/state";

const PREFIX = "araldo.draft.";
const PRESENT = "araldo.new-post";

/** Who writes, and where: nobody else finds what is kept for them. */
export interface Owner {
  userId: string;
  workspaceId: string;
}

type KeptState = Pick<WizardState, "draft" | "base" | "post" | "begunWith" | "when">;
export interface KeptDraft {
  /** The post's id, or the name that a new post has in this browser. */
  place: string;
  at: Date;
  state: KeptState;
}

/** False when the browser has no room for it. */
export function keep(owner: Owner, place: string, state: WizardState, at: Date): boolean {
  if (!isWorthKeeping(state)) {
    localStorage.removeItem(nameOf(owner, place));
    return true;
  }
  const { draft, base, post, begunWith, when } = state;
  try {
    localStorage.setItem(
      nameOf(owner, place),
      JSON.stringify({ at: at.getTime(), state: { draft, base, post, begunWith, when } }),
    );
    return true;
  } catch {
    return false;
  }
}

/** A new post of this tab is then another one. */
export function drop(owner: Owner, place: string): void {
  localStorage.removeItem(nameOf(owner, place));
  if (sessionStorage.getItem(PRESENT) === place) sessionStorage.removeItem(PRESENT);
}

export function keptAt(owner: Owner, place: string): KeptDraft | null {
  try {
    const found = JSON.parse(localStorage.getItem(nameOf(owner, place)) ?? "null") as unknown;
    if (!isRecord(found) || typeof found["at"] !== "number" || !isKept(found["state"])) return null;
    return { place, at: new Date(found["at"]), state: completed(found["state"]) };
  } catch {
    return null;
  }
}

/** New posts that no server has heard of, the latest first. */
export function keptNew(owner: Owner): KeptDraft[] {
  const prefix = nameOf(owner, "new-");
  return Object.keys(localStorage)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => keptAt(owner, `new-${name.slice(prefix.length)}`) ?? [])
    .sort((one, other) => other.at.getTime() - one.at.getTime());
}

/** The name of the new post that this tab writes: the same after a reload, another one after `began`. */
export function presentNew(): string {
  const kept = sessionStorage.getItem(PRESENT);
  if (kept) return kept;
  const made = `new-${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  sessionStorage.setItem(PRESENT, made);
  return made;
}

/** This tab writes `place` from now on. */
export function continueNew(place: string): void {
  sessionStorage.setItem(PRESENT, place);
}

export function stateOf(kept: KeptDraft, zone: string): WizardState {
  return { ...beginning(zone), ...kept.state };
}

function isWorthKeeping(state: WizardState): boolean {
  return isDirty(state) || state.begunWith !== null || state.when.act !== "now";
}

function nameOf(owner: Owner, place: string): string {
  return `${PREFIX}${owner.userId}.${owner.workspaceId}.${place}`;
}

/** An older version of the studio may have kept fewer fields. */
function completed(state: KeptState): KeptState {
  const whole = (draft: Draft): Draft => ({ ...BLANK, ...draft });
  return {
    ...state,
    draft: whole(state.draft),
    base: whole(state.base),
    begunWith: state.begunWith && whole(state.begunWith),
  };
}

function isKept(value: unknown): value is KeptState {
  if (!isRecord(value) || !isDraft(value["draft"]) || !isDraft(value["base"]) || !isWhen(value["when"])) return false;
  const { post, begunWith } = value;
  const isPost = post === null || (isRecord(post) && typeof post["id"] === "string" && typeof post["rev"] === "number");
  return isPost && (begunWith === null || isDraft(begunWith));
}

function isDraft(value: unknown): value is Draft {
  if (!isRecord(value)) return false;
  return Object.entries(BLANK).every(([field, blank]) => {
    const its = value[field];
    if (its === undefined) return true;
    if (typeof blank === "string") return typeof its === "string";
    if (Array.isArray(blank)) return Array.isArray(its) && its.every((one) => typeof one === "string");
    return isRecord(its) && Object.values(its).every((one) => typeof one === "string");
  });
}

function isWhen(value: unknown): value is When {
  if (!isRecord(value) || !["now", "schedule", "draft"].includes(String(value["act"]))) return false;
  const isText = (field: string) => typeof value[field] === "string";
  return isText("date") && isText("time") && isText("zone") && (value["exact"] === null || isText("exact"));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
