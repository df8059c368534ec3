// The URL of a picture stays the same although answers sign it again.
import { expect, it } from "vitest";

import { stableMediaUrl, thumbnailUrl } from "@/ui/stableMediaUrl";

it("keeps the first URL of a picture for a day", () => {
  const of = (name: string, expires: number, now: number) =>
    stableMediaUrl(`https://araldo.example/media/${name}.jpg?expires=${expires}&signature=s`, now);
  expect(of("med_steady_1", 1, 0)).toBe("/media/med_steady_1.jpg?expires=1&signature=s");
  expect(of("med_steady_1", 2, 3_600_000)).toBe("/media/med_steady_1.jpg?expires=1&signature=s");
  expect(of("med_steady_2", 3, 3_600_000)).toBe("/media/med_steady_2.jpg?expires=3&signature=s");
  expect(of("med_steady_1", 4, 86_400_000)).toBe("/media/med_steady_1.jpg?expires=4&signature=s");
});

it("asks for a small copy of the same picture", () => {
  const url = "https://araldo.example/media/med_small.jpg?expires=9999999999&signature=s";
  expect(thumbnailUrl(url)).toBe(`${stableMediaUrl(url)}&size=small`);
});
