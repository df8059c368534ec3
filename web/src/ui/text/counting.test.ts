// The cases shared with the server.
import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { limits } from "@/testing/sample-posts";
import { countBytes, lengthOf, type TextLimits } from "@/ui/text/counting";
import { composeText } from "@/wizard/compose";

const UNITS = ["code_points", "graphemes", "utf16", "weighted"] as const;

type Case = { text: string; limits?: Partial<TextLimits>; bytes?: number } & Partial<
  Record<TextLimits["unit"], number>
>;

const file = new URL("../../../../tests/cases/counting.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8")) as Case[];

it.each(cases)("counts $text", ({ text, ...expected }) => {
  const composed = composeText(text, "", []);
  for (const unit of UNITS) {
    const counted = lengthOf(composed, limits({ ...expected.limits, unit }));
    if (expected[unit] !== undefined) expect([unit, counted]).toEqual([unit, expected[unit]]);
  }
  if (expected.bytes !== undefined) expect(countBytes(composed)).toBe(expected.bytes);
});

it("has cases", () => {
  expect(cases.length).toBeGreaterThan(30);
});

it.each(UNITS)("takes no longer for a row of flags in %s", (unit) => {
  expect(lengthOf("🇮🇹".repeat(20_000), limits({ unit }))).toBeGreaterThan(0);
});
