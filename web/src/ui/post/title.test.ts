// The title of a post.
import { describe, expect, it } from "vitest";

import { postTitle } from "@/ui/post/title";

const WORDS = "Una frase molto lunga che continua oltre la sessantina di caratteri, e poi ancora";

describe("the title", () => {
  it.each([
    ["\n  Lancio nuovo! 🚀\nAltro", {}, "Lancio nuovo! 🚀"],
    ["", { instagram: "Solo qui" }, "Solo qui"],
    ["", {}, ""],
    [WORDS, {}, "Una frase molto lunga che continua oltre la sessantina di…"],
    ["x".repeat(80), {}, `${"x".repeat(60)}…`],
    ["👨‍👩‍👧".repeat(61), {}, `${"👨‍👩‍👧".repeat(60)}…`],
  ])("of %j is its first words", (content, texts, title) => {
    expect(postTitle({ content, texts })).toBe(title);
  });
});
