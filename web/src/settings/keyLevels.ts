// What an API key may do, as levels of which each includes the one before. Pure.

export const KEY_LEVELS = ["all", "publish", "draft", "read"] as const;
type KeyLevel = (typeof KEY_LEVELS)[number];

const SCOPES: Record<KeyLevel, readonly string[]> = {
  all: ["*"],
  publish: ["read", "draft", "publish"],
  draft: ["read", "draft"],
  read: ["read"],
};

/** Return the scopes of a level; of an unknown one the least. */
export function levelScopes(level: string): readonly string[] {
  return SCOPES[KEY_LEVELS.find((known) => known === level) ?? "read"];
}

/** Return the level of a key; null for scopes that only the API and the command line combine. */
export function scopeLevel(scopes: readonly string[]): KeyLevel | null {
  const sorted = [...scopes].sort().join();
  return KEY_LEVELS.find((level) => [...SCOPES[level]].sort().join() === sorted) ?? null;
}
