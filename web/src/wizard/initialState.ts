// How the wizard begins at an address: from a post, from what this browser has kept, or anew.
import type { Account } from "@/api/accounts";
import type { Platform } from "@/api/platforms";
import type { Post } from "@/api/posts";
import { knownOf } from "@/wizard/autosave";
import { BLANK } from "@/wizard/draft";
import { keptAt, stateOf, type Owner } from "@/wizard/kept";
import { beginning, reduce, type WizardState } from "@/wizard/state";
import { accountFor } from "@/wizard/useWizard";
import { wallAt } from "@/wizard/times";

const CHOICE = "araldo.platforms";

/** `place` is the post's id, or the name of a new post in this browser. */
export function openedAt(
  place: string,
  owner: Owner,
  zone: string,
  post: Post | null,
  usual: readonly string[],
): WizardState {
  const kept = keptAt(owner, place);
  if (!post) return kept ? stateOf(kept, zone) : beginning(zone, { ...BLANK, platforms: usual });
  const fresh = withTime(beginning(zone, knownOf(post).draft, knownOf(post)), post);
  // What was kept knows an older version of the post, or the present one; what both have changed is asked about.
  return kept?.state.post ? reduce(stateOf(kept, zone), { type: "met", post: knownOf(post) }) : fresh;
}

/** A scheduled post opens at its time. */
function withTime(state: WizardState, post: Post): WizardState {
  if (post.status !== "scheduled" || !post.schedule_time || !post.zone) return state;
  const wall = wallAt(new Date(post.schedule_time), post.zone);
  const when = { act: "schedule" as const, ...wall, zone: post.zone, exact: post.schedule_time };
  return { ...state, when };
}

/** What a new post goes to until it is said otherwise: what was chosen last, else wherever an account is well. */
export function usualPlatforms(platforms: readonly Platform[], accounts: readonly Account[]): string[] {
  const well = platforms
    .filter((platform) => accountFor(platform, accounts, undefined)?.health === "ok")
    .map(({ name }) => name);
  const last = lastChoice().filter((name) => well.includes(name));
  return last.length > 0 ? last : well;
}

export function rememberChoice(platforms: readonly string[]): void {
  localStorage.setItem(CHOICE, JSON.stringify(platforms));
}

function lastChoice(): string[] {
  try {
    const found = JSON.parse(localStorage.getItem(CHOICE) ?? "[]") as unknown;
    return Array.isArray(found) ? found.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}
