// Folding a text, and the parts that are coloured.
import { describe, expect, it } from "vitest";

import { foldText, splitText } from "@/ui/previews/fold";

const LIMIT = { characters: 20, lines: 2 };

describe("foldText", () => {
  it.each([
    ["", "", false],
    ["short", "short", false],
    ["exactly twenty signs", "exactly twenty signs", false],
    ["exactly twenty signs!", "exactly twenty", true],
    ["exactly twenty signs and more", "exactly twenty signs", true],
    ["one\ntwo", "one\ntwo", false],
    ["one\ntwo\nthree", "one\ntwo", true],
    ["one\n\nthree", "one", true],
    ["Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahr", true],
    ["a Donaudampfschifffahrtsgesellschaft", "a Donaudampfschifffa", true],
  ])("%j shows %j", (text, visible, isFolded) => {
    expect(foldText(text, LIMIT)).toEqual({ visible, isFolded });
  });

  it("counts graphemes, and cuts none", () => {
    const family = "👩‍👩‍👧‍👦";
    expect(foldText(family.repeat(20), LIMIT)).toEqual({ visible: family.repeat(20), isFolded: false });
    expect(foldText(family.repeat(21), LIMIT)).toEqual({ visible: family.repeat(20), isFolded: true });
  });
});

describe("splitText", () => {
  it("finds hashtags, mentions and links, without the full stop behind them", () => {
    const text = "Da oggi #PaneBuono da @forno.rossi: https://example.com/a?b=1#c. (#città)";
    expect(splitText(text).filter(({ kind }) => kind !== "plain")).toEqual([
      { kind: "tag", text: "#PaneBuono" },
      { kind: "mention", text: "@forno.rossi" },
      { kind: "link", text: "https://example.com/a?b=1#c" },
      { kind: "tag", text: "#città" },
    ]);
  });

  it.each(["", "no. 5, a@b.com, C#, #1", "a#b\n#c d", "https://", "🥐#🥐", "##x @@y", "tail #"])(
    "keeps all of %j",
    (text) => {
      expect(
        splitText(text)
          .map((part) => part.text)
          .join(""),
      ).toBe(text);
    },
  );

  it("keeps brackets that belong to an address, and colours its beginning where the text is folded", () => {
    const text = "Tutto su https://it.wikipedia.org/wiki/Mercurio_(pianeta) e ＃京都";
    expect(splitText(text).filter(({ kind }) => kind !== "plain")).toEqual([
      { kind: "link", text: "https://it.wikipedia.org/wiki/Mercurio_(pianeta)" },
      { kind: "tag", text: "＃京都" },
    ]);
    expect(splitText(text, 16)).toEqual([
      { kind: "plain", text: "Tutto su " },
      { kind: "link", text: "https:/" },
    ]);
  });

  it("takes neither an address nor a number for a tag", () => {
    expect(splitText("no. #1, a@b.com, C#, http://").map(({ kind }) => kind)).toEqual(["plain"]);
  });
});
