// A picture keeps its address while answers sign it anew.
import { expect, it } from "vitest";

import { steadyAddress } from "@/ui/steadyAddress";

it("keeps the first address of a picture for a day, and no longer", () => {
  const of = (name: string, expires: number, now: number) =>
    steadyAddress(`https://araldo.example/media/${name}.jpg?expires=${expires}&signature=s`, now);
  expect(of("med_steady_1", 1, 0)).toBe("/media/med_steady_1.jpg?expires=1&signature=s");
  expect(of("med_steady_1", 2, 3_600_000)).toBe("/media/med_steady_1.jpg?expires=1&signature=s");
  expect(of("med_steady_2", 3, 3_600_000)).toBe("/media/med_steady_2.jpg?expires=3&signature=s");
  expect(of("med_steady_1", 4, 86_400_000)).toBe("/media/med_steady_1.jpg?expires=4&signature=s");
});
