// Idempotency keys: one per intent, kept across reloads and closed tabs, so that a repeated request acts only once.

import { Problem } from "@/api/problem";

const PREFIX = "araldo.intent.";
/** As long as the server remembers a key. */
const TTL_MS = 24 * 60 * 60 * 1000;

interface StoredKey {
  key: string;
  at: number;
}

/**
 * Return the key of an intent, made on first use. The intent's name must contain everything that distinguishes it,
 * e.g. `publish/${postId}/${etag}`: after an edit or an undo it is another intent with another key.
 */
export function getIdempotencyKey(
  intent: string,
  now: number = Date.now(),
  createKey: () => string = randomKey,
): string {
  removeExpired(now);
  const stored = read(PREFIX + intent);
  if (stored) return stored.key;
  const key = createKey();
  localStorage.setItem(PREFIX + intent, JSON.stringify({ key, at: now } satisfies StoredKey));
  return key;
}

/** Forget the key after a definite answer: the next request with this name is another intent. */
export function releaseKey(intent: string): void {
  localStorage.removeItem(PREFIX + intent);
}

export function idempotencyHeader(intent: string): { "Idempotency-Key": string } {
  return { "Idempotency-Key": getIdempotencyKey(intent) };
}

/**
 * Send a request that must act only once. After a lost answer the intent keeps its key, also across a reload; a definite
 * answer ends it.
 */
export async function withIdempotencyKey<T>(
  intent: string,
  send: (header: { "Idempotency-Key": string }) => Promise<T>,
): Promise<T> {
  try {
    const answer = await send(idempotencyHeader(intent));
    releaseKey(intent);
    return answer;
  } catch (error) {
    if (error instanceof Problem && isDefiniteRefusal(error.status)) releaseKey(intent);
    throw error;
  }
}

/** Return whether the status means refused and not done. A 5xx, 408 or 429 does not tell what was done before. */
export function isDefiniteRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

// Not crypto.randomUUID, which exists only on https and localhost: a studio in a local network may have neither.
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function removeExpired(now: number): void {
  for (const name of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    const stored = read(name);
    if (!stored || now - stored.at > TTL_MS) localStorage.removeItem(name);
  }
}

function read(name: string): StoredKey | null {
  try {
    const found = JSON.parse(localStorage.getItem(name) ?? "null") as Partial<StoredKey> | null;
    return typeof found?.key === "string" && typeof found.at === "number" ? { key: found.key, at: found.at } : null;
  } catch {
    return null;
  }
}
