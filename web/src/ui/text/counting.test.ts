// The cases shared with the server.
import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { limits } from "@/testing/sample-posts";
import { countBytes, countGraphemes, lengthOf, type TextLimits } from "@/ui/text/counting";
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

it.each([
  ["🇮🇹", 1],
  ["👩\u200D👩\u200D👧", 1],
  ["क्षि", 1],
  ["e\u0301🏽", 1],
  ["ab\r\n", 3],
])("counts a long row of %j in pieces", (part, graphemes) => {
  for (const before of ["", "x", "\u{1F600}"])
    expect(countGraphemes(before + part.repeat(20_000)) - countGraphemes(before)).toBe(20_000 * graphemes);
  expect(countGraphemes("a" + "\u0301".repeat(100_000))).toBe(1);
});
