import { expect, it } from "vitest";

import { croppedName, toPixels } from "@/media/cropToFile";
import { formatBytes } from "@/media/formatBytes";
import { groupUses } from "@/media/groupUses";

it("crops to whole pixels inside the picture", () => {
  expect(toPixels({ x: 0, y: 0, w: 1, h: 1 }, 1201, 799)).toEqual({ left: 0, top: 0, width: 1201, height: 799 });
  expect(toPixels({ x: 0.5, y: 0.25, w: 0.5, h: 0.5 }, 101, 200)).toEqual({
    left: 51,
    top: 50,
    width: 50,
    height: 100,
  });
  expect(toPixels({ x: 1, y: 1, w: 0.00001, h: 0.00001 }, 10, 10)).toEqual({ left: 9, top: 9, width: 1, height: 1 });
});

it("names a cropped copy by its size and type", () => {
  expect(croppedName("sea.at.dusk.jpeg", { width: 400, height: 300 }, ".jpg")).toBe("sea.at.dusk-400x300.jpg");
  expect(croppedName("", { width: 4, height: 3 }, ".png")).toBe("picture-4x3.png");
});

it.each([
  [999, "en-GB", "999 byte"],
  [340_400, "en-GB", "340 kB"],
  [1_240_000, "it-IT", "1,2 MB"],
  [25 * 1024 * 1024, "en-GB", "26 MB"],
])("formats %i bytes in %s as %s", (bytes, locale, text) => {
  expect(formatBytes(bytes, locale)).toBe(text);
});

it("groups the deliveries that show a picture by post, each platform and state once", () => {
  const use = (post_id: string, platform: string, state: string) => ({ post_id, platform, state });
  const uses = [
    use("p1", "a", "published"),
    use("p2", "a", "draft"),
    use("p1", "a", "published"),
    use("p1", "a", "failed"),
  ];
  expect(groupUses(uses)).toEqual([
    {
      postId: "p1",
      places: [
        { platform: "a", state: "published" },
        { platform: "a", state: "failed" },
      ],
    },
    { postId: "p2", places: [{ platform: "a", state: "draft" }] },
  ]);
});
