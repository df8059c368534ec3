// The rules that an account's server changes.
import { expect, it } from "vitest";

import { account, limits, platform } from "@/testing/sample-posts";
import { withAccountRules } from "@/wizard/accountRules";

const PLACE = platform("place", "Place", { limits: limits({ text_max: 500, url_length: 23 }), pictures_max: 4 });
const rules = (changes: Parameters<typeof limits>[0], pictures_max: number) => ({
  rules: { place: { limits: limits({ text_max: 500, url_length: 23, ...changes }), pictures_max, options: [] } },
});

it("are the platform's own without an account", () => {
  expect(withAccountRules(PLACE, [])).toBe(PLACE);
});

it("are those of the one account", () => {
  const generous = account(rules({ text_max: 5_000, url_length: 30 }, 16));
  const found = withAccountRules(PLACE, [generous]);
  expect(found).toMatchObject({ pictures_max: 16, limits: { text_max: 5_000, url_length: 30 } });
});

it("are the strictest of several accounts", () => {
  const generous = account(rules({ text_max: 5_000, url_length: 30 }, 16));
  const usual = account(rules({ bytes_max: 900 }, 4));
  const found = withAccountRules(PLACE, [generous, usual]);
  expect(found).toMatchObject({ pictures_max: 4, limits: { text_max: 500, url_length: 30, bytes_max: 900 } });
  expect(withAccountRules(PLACE, [usual, generous])).toEqual(found);
});
