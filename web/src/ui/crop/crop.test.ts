// Crop areas and focal points stay inside the picture.
import { describe, expect, it } from "vitest";

import { toBox, movePoint, toPercent } from "@/ui/crop/crop";

describe("toBox", () => {
  it("converts to fractions and back", () => {
    const box = { x: 0.1, y: 0.25, w: 0.5, h: 0.75 };
    expect(toBox(toPercent(box))).toEqual(box);
    expect(toPercent({})).toEqual({ x: 0, y: 0, width: 100, height: 100 });
  });

  it("never exceeds the picture, however it was rounded", () => {
    for (const [x, width] of [
      [33.333_333, 66.666_669],
      [-0.000_01, 100.000_02],
      [99.999_999, 0.000_001],
    ] as const) {
      const box = toBox({ x, y: x, width, height: width });
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.w).toBeGreaterThan(0);
      expect(box.x + box.w).toBeLessThanOrEqual(1.0001);
      expect([box.y, box.h]).toEqual([box.x, box.w]);
    }
  });
});

describe("movePoint", () => {
  it.each([
    ["ArrowLeft", { x: 0, y: 0.5 }],
    ["ArrowRight", { x: 0.25, y: 0.5 }],
    ["ArrowUp", { x: 0.05, y: 0.3 }],
    ["ArrowDown", { x: 0.05, y: 0.7 }],
    ["Enter", null],
  ])("%s", (key, point) => {
    expect(movePoint({ x: 0.05, y: 0.5 }, key, 0.2)).toEqual(point);
  });
});
