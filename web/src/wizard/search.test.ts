// The text that another app shares: anybody may have written it.
import { describe, expect, it } from "vitest";

import { parseSharedText, parseWizardSearch } from "@/wizard/search";

describe("a shared text", () => {
  it.each([
    ["a text alone", { text: "Pane fresco" }, "Pane fresco"],
    [
      "title, text and link",
      { title: "Forno", text: "Pane", url: "https://x.test/" },
      "Forno\n\nPane\n\nhttps://x.test/",
    ],
    ["a link that is in the text", { text: "Pane https://x.test/", url: "https://x.test/" }, "Pane https://x.test/"],
    ["a title that the text begins with", { title: "Pane", text: "Pane fresco" }, "Pane fresco"],
    ["digits, which the router has parsed", { text: 2026 }, "2026"],
    ["what looks like JSON", { text: { a: [1] } }, '{"a":[1]}'],
    ["line breaks of Windows", { text: "a\r\nb\rc" }, "a\nb\nc"],
    ["control characters", { text: "a\u0000b\u001bc\u007f\td" }, "abc\td"],
    ["markup, which stays text", { text: "<img src=x onerror=alert(1)>" }, "<img src=x onerror=alert(1)>"],
  ])("%s", (_, shared, text) => expect(parseSharedText(shared)).toEqual({ text }));

  it("is none where all is empty", () => {
    expect(parseSharedText({ title: " ", text: "", url: null })).toEqual({});
  });

  it("is cut at a length, not in the middle of a character", () => {
    const { text = "" } = parseSharedText({ text: `${"a".repeat(99_999)}😀` });
    expect(text).toBe("a".repeat(99_999));
  });

  it("is the same after it was in the address", () => {
    const shared = parseSharedText({ title: "Forno", text: "Pane", url: "https://x.test/" });
    expect(parseSharedText({ ...shared })).toEqual(shared);
    expect(parseWizardSearch({ ...shared })).toEqual(shared);
  });
});
