// An Idempotency-Key once per intent, kept through a reload and a closed tab, so that a repeat never acts twice.

import { Problem } from "@/api/problem";

const PREFIX = "araldo.intent.";
/** The server remembers a key as long. */
const KEPT_MS = 24 * 60 * 60 * 1000;

interface Kept {
  key: string;
  at: number;
}

/**
 * The key of an intent. Name it by all that makes it this one and no other, e.g. `publish/${postId}/${etag}`:
 * after an edit or an undo the name differs, and so does the key.
 */
export function keyOf(intent: string, now: number = Date.now(), make: () => string = randomKey): string {
  forgetOld(now);
  const kept = read(PREFIX + intent);
  if (kept) return kept.key;
  const key = make();
  localStorage.setItem(PREFIX + intent, JSON.stringify({ key, at: now } satisfies Kept));
  return key;
}

/** After a definite answer: what is asked next is another intent, under whatever name. */
export function settle(intent: string): void {
  localStorage.removeItem(PREFIX + intent);
}

export function idempotent(intent: string): { "Idempotency-Key": string } {
  return { "Idempotency-Key": keyOf(intent) };
}

/**
 * Asks for something that may happen only once. After a lost answer the intent has the same key still, also after a
 * reload; a definite answer ends it.
 */
export async function once<T>(intent: string, ask: (header: { "Idempotency-Key": string }) => Promise<T>): Promise<T> {
  try {
    const answer = await ask(idempotent(intent));
    settle(intent);
    return answer;
  } catch (error) {
    if (error instanceof Problem && isDefinite(error.status)) settle(intent);
    throw error;
  }
}

/** Refused, and so not done. What a server or a proxy breaks off with says nothing of what was done before. */
export function isDefinite(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

// crypto.randomUUID exists on https and localhost only; a studio in the local network may have neither.
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function forgetOld(now: number): void {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
    const kept = read(name);
    if (!kept || now - kept.at > KEPT_MS) localStorage.removeItem(name);
  }
}

function read(name: string): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(name) ?? "null") as Partial<Kept> | null;
    return typeof found?.key === "string" && typeof found.at === "number" ? { key: found.key, at: found.at } : null;
  } catch {
    return null;
  }
}
