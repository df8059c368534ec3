// Where issues can be fixed, addresses in texts, and the diff of texts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { PLATFORMS, platform } from "@/testing/sample-posts";
import { findAddresses, findInvalidAddresses } from "@/wizard/links";
import { diffWords } from "@/wizard/diff";
import { BLANK } from "@/wizard/draftFields";
import { clientIssues, locateIssue, type IssueMessages } from "@/wizard/steps";

describe("a problem of the server", () => {
  it.each([
    ["/content", "empty", null, { step: 1, field: "wizard-content" }],
    ["/texts/instagram", "empty", "instagram", { step: 1, field: "wizard-text-instagram" }],
    ["/hashtags/3", "hashtag_invalid", null, { step: 1, field: "wizard-hashtags" }],
    ["/platforms", "empty", null, { step: 2, field: "wizard-platforms" }],
    ["/platforms/1", "account_missing", "instagram", { step: 2, field: "wizard-platform-instagram" }],
    ["/platforms/1", "picture_needed", "instagram", { step: 3 }],
    ["/accounts/a~1b", "account_unwell", null, { step: 2, field: "wizard-platform-a/b" }],
    ["/schedule_time", "time_past", null, { step: 4, field: "wizard-schedule" }],
    ["/images/instagram", "media_unknown", "instagram", { step: 3 }],
    ["/something/new", "x", null, { step: 3 }],
  ])("at %s (%s) is fixed at its step and field", (pointer, code, name, place) => {
    expect(locateIssue({ pointer, code, platform: name })).toEqual(place);
  });
});

describe("issues that the browser finds", () => {
  const words: IssueMessages = {
    badAddress: (address) => `bad ${address}`,
    badTag: (tag) => `bad #${tag}`,
    noLinks: (labels) => `no links on ${labels}`,
    pictureFailed: (label) => label,
  };

  it("are invalid addresses and hashtags, and links where they cannot be clicked", () => {
    const draft = { ...BLANK, cta: "Vieni: http://localhost", hashtags: ["uno", "2030"] };
    const chosen = [platform("facebook", "Facebook"), platform("instagram", "Instagram", { links_clickable: false })];
    expect(clientIssues(draft, chosen, words, true).map(({ severity, message }) => [severity, message])).toEqual([
      ["error", "bad http://localhost"],
      ["error", "bad #2030"],
      ["warning", "no links on Instagram"],
    ]);
    expect(clientIssues({ ...draft, cta: "", hashtags: [] }, PLATFORMS, words, true)).toEqual([]);
  });
});

describe("addresses", () => {
  it.each([
    ["Prenota: https://araldo.example/a?b=c.", ["https://araldo.example/a?b=c"]],
    ["www.araldo.example, oggi", ["www.araldo.example"]],
    ["dalle 9 alle 12: vieni", []],
    ["(http://araldo.example)", ["http://araldo.example"]],
  ])("in %j are %j", (text, found) => {
    expect(findAddresses(text)).toEqual(found);
    expect(findInvalidAddresses(text)).toEqual([]);
  });

  it.each([
    "ftp://araldo.example",
    "https://",
    "http://localhost",
    "https://user:secret@araldo.example",
    "javascript://araldo.example/%0a",
  ])("like %s are invalid", (address) => {
    expect(findInvalidAddresses(`Vieni ${address} ora`)).toHaveLength(1);
  });
});

describe("the diff of two texts", () => {
  const words = fc
    .array(fc.constantFrom("uno", "due", " ", "\n", "tre!"), { maxLength: 12 })
    .map((all) => all.join(""));

  it("contains both texts completely", () => {
    fc.assert(
      fc.property(words, words, (before, after) => {
        const parts = diffWords(before, after);
        const without = (kind: string) => parts.flatMap((part) => (part.kind === kind ? [] : [part.text])).join("");
        expect(without("added")).toBe(before);
        expect(without("removed")).toBe(after);
      }),
    );
  });

  it("is as small as words allow", () => {
    expect(diffWords("Apriamo domani alle 8", "Apriamo oggi alle 8")).toEqual([
      { kind: "same", text: "Apriamo " },
      { kind: "removed", text: "domani" },
      { kind: "added", text: "oggi" },
      { kind: "same", text: " alle 8" },
    ]);
    expect(diffWords("Ciao", "Ciao")).toEqual([{ kind: "same", text: "Ciao" }]);
  });

  it("of very long texts has one part each", () => {
    const long = "parola ".repeat(2_000);
    expect(diffWords(long, "breve").map(({ kind }) => kind)).toEqual(["removed", "added"]);
  });
});
