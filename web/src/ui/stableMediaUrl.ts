// An address for a picture that stays the same from one answer to the next, so that the browser does not load it again.
import { ownAddress } from "@/ui/ownAddress";

/** Addresses are signed for 48 hours, afresh in every answer; one that is used up is not handed out again. */
const KEPT_MS = 24 * 60 * 60 * 1000;

const kept = new Map<string, { address: string; since: number }>();

/** The first address that was given for this picture, as this page may load it; a picture never changes its content. */
export function steadyAddress(url: string, now: number = Date.now()): string {
  const address = ownAddress(url);
  const [path = address] = address.split("?");
  const before = kept.get(path);
  if (before && now - before.since < KEPT_MS) return before.address;
  kept.set(path, { address, since: now });
  return address;
}
