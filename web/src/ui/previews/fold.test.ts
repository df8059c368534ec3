// Where a text is folded, and what of it is coloured.
import { describe, expect, it } from "vitest";

import { fold, pieces } from "@/ui/previews/fold";

const MOST = { characters: 20, lines: 2 };

describe("fold", () => {
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
  ])("%j shows %j", (text, shown, folded) => {
    expect(fold(text, MOST)).toEqual({ shown, folded });
  });

  it("counts what people see as one sign as one, and cuts none in two", () => {
    const family = "👩‍👩‍👧‍👦";
    expect(fold(family.repeat(20), MOST)).toEqual({ shown: family.repeat(20), folded: false });
    expect(fold(family.repeat(21), MOST)).toEqual({ shown: family.repeat(20), folded: true });
  });
});

describe("pieces", () => {
  it("finds hashtags, mentions and links, without the full stop behind them", () => {
    const text = "Da oggi #PaneBuono da @forno.rossi: https://example.com/a?b=1#c. (#città)";
    expect(pieces(text).filter(({ kind }) => kind !== "plain")).toEqual([
      { kind: "tag", text: "#PaneBuono" },
      { kind: "mention", text: "@forno.rossi" },
      { kind: "link", text: "https://example.com/a?b=1#c" },
      { kind: "tag", text: "#città" },
    ]);
  });

  it.each(["", "no. 5, a@b.com, C#, #1", "a#b\n#c d", "https://", "🥐#🥐", "##x @@y", "tail #"])(
    "loses nothing of %j",
    (text) => {
      expect(
        pieces(text)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text);
    },
  );

  it("keeps brackets that belong to an address, and colours its beginning where the text is folded", () => {
    const text = "Tutto su https://it.wikipedia.org/wiki/Mercurio_(pianeta) e ＃京都";
    expect(pieces(text).filter(({ kind }) => kind !== "plain")).toEqual([
      { kind: "link", text: "https://it.wikipedia.org/wiki/Mercurio_(pianeta)" },
      { kind: "tag", text: "＃京都" },
    ]);
    expect(pieces(text, 16)).toEqual([
      { kind: "plain", text: "Tutto su " },
      { kind: "link", text: "https:/" },
    ]);
  });

  it("takes neither an address nor a number for a tag", () => {
    expect(pieces("no. #1, a@b.com, C#, http://").map(({ kind }) => kind)).toEqual(["plain"]);
  });
});
