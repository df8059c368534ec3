import { expect, it } from "vitest";

import { KEY_LEVELS, levelScopes, scopeLevel } from "@/settings/keyLevels";

it.each(KEY_LEVELS)("reads the level %s back from its scopes, in any order", (level) => {
  expect(scopeLevel([...levelScopes(level)].reverse())).toBe(level);
});

it("gives an unknown level the least, and other scopes no level", () => {
  expect(levelScopes("everything")).toEqual(["read"]);
  expect(scopeLevel(["publish"])).toBeNull();
});
