// Which step mends what, addresses in texts, and differences between texts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { PLATFORMS, platform } from "@/testing/sample-posts";
import { addressesIn, badAddresses } from "@/wizard/addresses";
import { differenceOf } from "@/wizard/difference";
import { BLANK } from "@/wizard/draft";
import { ownRemarks, placeOf, type OwnWords } from "@/wizard/steps";

describe("what the server says is wrong", () => {
  it.each([
    ["/content", "empty", null, { step: 1, field: "wizard-content" }],
    ["/texts/instagram", "empty", "instagram", { step: 1, field: "wizard-text-instagram" }],
    ["/hashtags/3", "hashtag_invalid", null, { step: 1, field: "wizard-hashtags" }],
    ["/platforms", "empty", null, { step: 2, field: "wizard-platforms" }],
    ["/platforms/1", "account_missing", "instagram", { step: 2, field: "wizard-platform-instagram" }],
    ["/platforms/1", "picture_needed", "instagram", { step: 3 }],
    ["/accounts/a~1b", "account_unwell", null, { step: 2, field: "wizard-platform-a/b" }],
    ["/schedule_time", "time_past", null, { step: 4, field: "wizard-when" }],
    ["/images/instagram", "media_unknown", "instagram", { step: 3 }],
    ["/something/new", "x", null, { step: 3 }],
  ])("at %s (%s) is mended at its place", (pointer, code, name, place) => {
    expect(placeOf({ pointer, code, platform: name })).toEqual(place);
  });
});

describe("what the browser sees at once", () => {
  const words: OwnWords = {
    badAddress: (address) => `bad ${address}`,
    badTag: (tag) => `bad #${tag}`,
    noLinks: (labels) => `no links on ${labels}`,
    pictureFailed: (label) => label,
  };

  it("are bad addresses and tags, and links where there are none", () => {
    const draft = { ...BLANK, cta: "Vieni: http://localhost", hashtags: ["uno", "2030"] };
    const chosen = [platform("facebook", "Facebook"), platform("instagram", "Instagram", { links_clickable: false })];
    expect(ownRemarks(draft, chosen, words, true).map(({ kind, says }) => [kind, says])).toEqual([
      ["error", "bad http://localhost"],
      ["error", "bad #2030"],
      ["warning", "no links on Instagram"],
    ]);
    expect(ownRemarks({ ...draft, cta: "", hashtags: [] }, PLATFORMS, words, true)).toEqual([]);
  });
});

describe("addresses", () => {
  it.each([
    ["Prenota: https://araldo.example/a?b=c.", ["https://araldo.example/a?b=c"]],
    ["www.araldo.example, oggi", ["www.araldo.example"]],
    ["dalle 9 alle 12: vieni", []],
    ["(http://araldo.example)", ["http://araldo.example"]],
  ])("in %j are %j", (text, found) => {
    expect(addressesIn(text)).toEqual(found);
    expect(badAddresses(text)).toEqual([]);
  });

  it.each([
    "ftp://araldo.example",
    "https://",
    "http://localhost",
    "https://user:secret@araldo.example",
    "javascript://araldo.example/%0a",
  ])("like %s lead nowhere good", (address) => {
    expect(badAddresses(`Vieni ${address} ora`)).toHaveLength(1);
  });
});

describe("the difference of two texts", () => {
  const words = fc
    .array(fc.constantFrom("uno", "due", " ", "\n", "tre!"), { maxLength: 12 })
    .map((all) => all.join(""));

  it("holds both of them whole", () => {
    fc.assert(
      fc.property(words, words, (before, after) => {
        const pieces = differenceOf(before, after);
        const without = (kind: string) => pieces.flatMap((piece) => (piece.kind === kind ? [] : [piece.text])).join("");
        expect(without("new")).toBe(before);
        expect(without("gone")).toBe(after);
      }),
    );
  });

  it("is as small as words allow", () => {
    expect(differenceOf("Apriamo domani alle 8", "Apriamo oggi alle 8")).toEqual([
      { kind: "same", text: "Apriamo " },
      { kind: "gone", text: "domani" },
      { kind: "new", text: "oggi" },
      { kind: "same", text: " alle 8" },
    ]);
    expect(differenceOf("Ciao", "Ciao")).toEqual([{ kind: "same", text: "Ciao" }]);
  });

  it("of very long texts is one piece each", () => {
    const long = "parola ".repeat(2_000);
    expect(differenceOf(long, "breve").map(({ kind }) => kind)).toEqual(["gone", "new"]);
  });
});
