// Moving an item of a list.
import { describe, expect, it } from "vitest";

import { moveItem } from "@/wizard/pictures/moveItem";

describe("moveItem", () => {
  it.each([
    [0, 2, "bca"],
    [2, 0, "cab"],
    [1, 1, "abc"],
    [0, 3, "abc"],
    [-1, 0, "abc"],
  ])("from %i to %i: %s", (from, to, then) => {
    const before = ["a", "b", "c"];
    expect(moveItem(before, from, to).join("")).toBe(then);
    expect(before.join("")).toBe("abc");
  });

  it("neither loses nor repeats an item", () => {
    for (let from = 0; from < 5; from++)
      for (let to = 0; to < 5; to++) expect(moveItem([0, 1, 2, 3, 4], from, to).sort()).toEqual([0, 1, 2, 3, 4]);
  });
});
