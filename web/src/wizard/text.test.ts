// Hashtags, the composed text, and its length.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { limits, platform as samplePlatform } from "@/testing/sample-posts";
import { countGraphemes } from "@/ui/text/counting";
import { isHashtag } from "@/ui/text/entities";
import { BLANK } from "@/wizard/draftFields";
import { composeText, countTags, countText } from "@/wizard/compose";
import { mergeTags, moveHashtag, splitTags } from "@/ui/text/hashtags";

describe("hashtags", () => {
  it.each([
    ["#uno #due", ["uno", "due"]],
    ["uno, due;tre\nquattro", ["uno", "due", "tre", "quattro"]],
    ["#uno#due", ["uno", "due"]],
    ["  # ,, ", []],
    ["perche\u0301", ["perch\u00e9"]],
  ])("%j are %j", (text, tags) => {
    expect(splitTags(text)).toEqual(tags);
  });

  it("are there once, whatever their case, in the first way they were written", () => {
    expect(mergeTags(["Novità"], "#novità NOVITÀ estate Estate")).toEqual(["Novità", "estate"]);
  });

  it("stay as they are when the same are pasted again", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const tags = mergeTags([], text);
        expect(mergeTags(tags, text)).toBe(tags);
        expect(mergeTags([], tags.map((tag) => `#${tag}`).join(" "))).toEqual(tags);
      }),
    );
  });

  it.each([
    ["estate", true],
    ["estate_2030", true],
    ["日本", true],
    ["2030", false],
    ["a-b", false],
    ["_", false],
    ["", false],
  ])("%j may be one: %s", (tag, may) => {
    expect(isHashtag(tag)).toBe(may);
  });

  it("move, and never out of the row", () => {
    expect(moveHashtag(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
    expect(moveHashtag(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    const tags = ["a"];
    expect(moveHashtag(tags, 0, 1)).toBe(tags);
  });
});

const platform = (text_max: number, hashtags_max: number | null = null, shows_text = true) =>
  samplePlatform("p", "P", { shows_text, limits: limits({ text_max, hashtags_max }) });

describe("the text that is sent", () => {
  it("is content, call to action and hashtags, with a blank line between what there is", () => {
    expect(composeText(" Ciao ", "Vieni", ["uno", "due"])).toBe("Ciao\n\nVieni\n\n#uno #due");
    expect(composeText("Ciao", " ", [])).toBe("Ciao");
    expect(composeText("", "", ["uno"])).toBe("#uno");
  });

  it("is counted as people count, and limited as the platform does", () => {
    expect(countGraphemes("👩‍👩‍👧e\u0301")).toBe(2);
    const family = { ...BLANK, content: "👩‍👩‍👧" };
    const over = { graphemes: 1, count: 5, unit: "code_points", limit: 4, level: "over" };
    expect(countText(platform(4), family, true)).toEqual(over);
    expect(countText(platform(5), family, true)?.level).toBe("near");
    expect(countText(platform(100), family, true)?.level).toBe("fine");
    expect(countText(platform(4, null, false), family, true)).toBeNull();
  });

  it("is limited by what is closest: characters, bytes, or fewer characters with pictures", () => {
    const draft = { ...BLANK, content: "àà" };
    const both = samplePlatform("p", "P", {
      limits: limits({ text_max: 100, bytes_max: 5, text_with_pictures_max: 3 }),
    });
    expect(countText(both, draft, false)).toMatchObject({ count: 4, unit: "bytes", limit: 5, graphemes: 2 });
    const short = samplePlatform("p", "P", { limits: limits({ text_max: 100, text_with_pictures_max: 3 }) });
    expect(countText(short, draft, true)).toMatchObject({ count: 2, limit: 3 });
    expect(countText(short, draft, false)).toMatchObject({ count: 2, limit: 100 });
  });

  it("counts its own text where a platform has one, and the hashtags inside it", () => {
    const draft = { ...BLANK, content: "Ciao", texts: { p: "Ehi #uno" }, hashtags: ["due"] };
    expect(countText(platform(100), draft, true)?.graphemes).toBe("Ehi #uno\n\n#due".length);
    expect(countTags(platform(100, 1), draft)).toMatchObject({ count: 2, limit: 1, level: "over" });
    expect(countTags(platform(100), draft)).toBeNull();
    const looksLike = { ...draft, texts: { p: "https://example.com/a#b C#c #1 ＃Due" } };
    expect(countTags(platform(100, 1), looksLike)).toMatchObject({ count: 1, limit: 1 });
  });
});
