// What stands in the calendar: posts at their times, and free posting times. Pure.
import type { Post } from "@/api/posts";
import { offsetAt, toInstant, wallTimeAt } from "@/i18n/dateTime";
import { addDays, daysBetween } from "@/i18n/dates";

/** A post at an instant, which is at `date` and `time` in the calendar's zone. */
export interface Entry {
  post: Post;
  /** RFC 3339 */
  at: string;
  date: string;
  time: string;
}

/** A posting time at which nothing is scheduled on these accounts. */
export interface FreeSlot {
  at: string;
  date: string;
  time: string;
  accounts: readonly string[];
}

/** Where a post is moved to; `time` null: at the time of day that it has. */
export interface Target {
  date: string;
  time: string | null;
}

/** Wall time in a zone, as the API takes it. */
export interface PostTime {
  schedule_time: string;
  zone: string;
}

/** Return when the calendar shows the post: its time, or for one that was published at once its creation; else null. */
export function calendarTime(post: Pick<Post, "status" | "schedule_time" | "created_at">): string | null {
  if (post.schedule_time !== null) return post.schedule_time;
  return post.status === "draft" || post.status === "cancelled" ? null : post.created_at;
}

const entries = new WeakMap<Post, Entry & { zone: string }>();

/** Return the same object for the same post, so that only what has changed is rendered again. */
function entryOf(post: Post, at: string, zone: string): Entry {
  const known = entries.get(post);
  if (known?.zone === zone) return known;
  const entry = { post, at, ...wallTimeAt(new Date(at), zone), zone };
  entries.set(post, entry);
  return entry;
}

/** Return the entries by date, each day's in the order of time. */
export function entriesByDay(posts: readonly Post[], zone: string): Map<string, Entry[]> {
  const byDay = new Map<string, Entry[]>();
  for (const post of posts) {
    const at = calendarTime(post);
    if (at === null) continue;
    const entry = entryOf(post, at, zone);
    byDay.set(entry.date, [...(byDay.get(entry.date) ?? []), entry]);
  }
  for (const day of byDay.values())
    day.sort(
      (one, other) => Date.parse(one.at) - Date.parse(other.at) || (one.post.job_id < other.post.job_id ? -1 : 1),
    );
  return byDay;
}

/** Return the free slots by date; those of several accounts at the same instant are one. */
export function slotsByDay(
  slots: readonly { schedule_time: string; account: string }[],
  zone: string,
): Map<string, FreeSlot[]> {
  const byInstant = new Map<number, FreeSlot>();
  for (const { schedule_time: at, account } of slots) {
    const known = byInstant.get(Date.parse(at));
    const accounts = [...(known?.accounts ?? []), account];
    byInstant.set(Date.parse(at), { at, ...wallTimeAt(new Date(at), zone), accounts });
  }
  const byDay = new Map<string, FreeSlot[]>();
  for (const [, slot] of [...byInstant].sort(([one], [other]) => one - other))
    byDay.set(slot.date, [...(byDay.get(slot.date) ?? []), slot]);
  return byDay;
}

/**
 * Return the new time of a moved post, in the post's own zone. A post that is moved by days keeps its wall time there,
 * also over a clock change. `zone`: the calendar's.
 */
export function movedTime(entry: Entry, target: Target, zone: string): PostTime {
  const own = entry.post.zone ?? zone;
  const before = wallTimeAt(new Date(entry.at), own);
  if (target.time === null || target.time === entry.time) {
    const date = addDays(before.date, daysBetween(entry.date, target.date));
    return { schedule_time: `${date}T${before.time}:00`, zone: own };
  }
  if (own === zone) return { schedule_time: `${target.date}T${target.time}:00`, zone };
  const instant = toInstant(target.date, target.time, zone) ?? new Date(entry.at);
  const after = wallTimeAt(instant, own);
  return { schedule_time: `${after.date}T${after.time}:00`, zone: own };
}

/** Return the instant at which the post is shown while its move is being saved. */
export function instantOf({ schedule_time, zone }: PostTime): string | null {
  const [date = "", time = ""] = schedule_time.split("T");
  return toInstant(date, time.slice(0, 5), zone)?.toISOString() ?? null;
}

/** Return whether the zone's clocks are changed between the two instants, so that the wall time has another offset. */
export function crossesClockChange(before: string, after: string, zone: string): boolean {
  return offsetAt(new Date(before), zone) !== offsetAt(new Date(after), zone);
}

/** Return the letters that stand for a platform: `IS` for `Image Story`. */
export function platformMark(label: string): string {
  return label
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .join("")
    .slice(0, 2)
    .toLocaleUpperCase();
}
