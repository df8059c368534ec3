// The wizard's initial state: from a post, from a local draft, or empty.
import type { Account } from "@/api/accounts";
import type { Platform } from "@/api/platforms";
import type { Post } from "@/api/posts";
import { wallTimeAt } from "@/i18n/dateTime";
import { toServerVersion } from "@/wizard/autosave";
import { BLANK, type Draft } from "@/wizard/draftFields";
import * as localDrafts from "@/wizard/localDrafts";
import type { Owner } from "@/wizard/localDrafts";
import { createState, reduce, type WizardState } from "@/wizard/state";
import { resolveAccounts } from "@/wizard/useWizard";

const LAST_PLATFORMS = "araldo.platforms";

/**
 * `draftId`: the post's id, or the local id of a new post. `text`: another app's for a new post; it counts as unchanged,
 * so that a link alone cannot make anybody save a post. `start`: what the brand has for new posts.
 */
export function initialState(
  draftId: string,
  owner: Owner,
  zone: string,
  post: Post | null,
  defaults: readonly string[],
  text = "",
  start: Pick<Draft, "hashtags" | "cta"> | null = null,
): WizardState {
  const stored = localDrafts.find(owner, draftId);
  if (!post)
    return stored
      ? localDrafts.restoreState(stored, zone)
      : createState(zone, { ...BLANK, ...start, platforms: defaults, content: text });
  const fromServer = withScheduledTime(createState(zone, toServerVersion(post).draft, toServerVersion(post)), post);
  // The local draft is based on an older or the same version; conflicting changes are shown to the person.
  return stored?.state.post
    ? reduce(localDrafts.restoreState(stored, zone), { type: "serverVersionReceived", post: toServerVersion(post) })
    : fromServer;
}

/** Preset the schedule of a scheduled post. */
function withScheduledTime(state: WizardState, post: Post): WizardState {
  if (post.status !== "scheduled" || !post.schedule_time || !post.zone) return state;
  const wall = wallTimeAt(new Date(post.schedule_time), post.zone);
  const schedule = { mode: "schedule" as const, ...wall, zone: post.zone, exact: post.schedule_time };
  return { ...state, schedule };
}

/** Preset the schedule of a new post. `at`: wall time in `zone`, e.g. `2026-11-24T10:00`. */
export function withTime(state: WizardState, at: string, zone: string): WizardState {
  const [date = "", time = ""] = at.split("T");
  return { ...state, schedule: { mode: "schedule", date, time, zone, exact: null } };
}

/** Return the platforms preselected for a new post: the last selection, else all that have a healthy account. */
export function defaultPlatforms(platforms: readonly Platform[], accounts: readonly Account[]): string[] {
  const healthy = platforms
    .filter((platform) => resolveAccounts(platform, accounts)[0]?.health === "ok")
    .map(({ name }) => name);
  const remembered = rememberedPlatforms().filter((name) => healthy.includes(name));
  return remembered.length > 0 ? remembered : healthy;
}

export function rememberPlatforms(platforms: readonly string[]): void {
  localStorage.setItem(LAST_PLATFORMS, JSON.stringify(platforms));
}

function rememberedPlatforms(): string[] {
  try {
    const found = JSON.parse(localStorage.getItem(LAST_PLATFORMS) ?? "[]") as unknown;
    return Array.isArray(found) ? found.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}
