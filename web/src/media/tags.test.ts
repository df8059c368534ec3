import { describe, expect, it } from "vitest";

import { addTags, suggestTags } from "@/media/tags";

describe("the tags of a picture", () => {
  it("take what is typed, separated by commas, each once", () => {
    expect(addTags(["Summer"], " sea , summer,, Open air")).toEqual(["Summer", "sea", "Open air"]);
    expect(addTags([], " , ")).toEqual([]);
  });

  it("are suggested from the most used ones that the picture has not", () => {
    const known = [
      { tag: "Autumn", count: 1 },
      { tag: "Sea", count: 2 },
      { tag: "Summer", count: 5 },
    ];
    expect(suggestTags(known, ["sea"], "")).toEqual(["Summer", "Autumn"]);
    expect(suggestTags(known, [], "Summer, AU")).toEqual(["Autumn"]);
    expect(suggestTags(known, [], "winter")).toEqual([]);
  });
});
