// The cases shared with the server, written and generated.
import { readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { findEntities, findHashtags, findLinks, findMentions, foldHashtag, isHashtag } from "@/ui/text/entities";
import { composeText } from "@/wizard/compose";

interface Case {
  text: string;
  links?: string[];
  hashtags?: string[];
  mentions?: string[];
}

interface Written {
  entities: Case[];
  composed: { content: string; cta: string; hashtags: string[]; text: string }[];
  one_hashtag: { yes: string[]; no: string[] };
}

interface Generated {
  text: string;
  entities: [string, string][];
  is_hashtag: boolean;
  folded: string;
  composed: string;
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../../tests/cases/${name}`, import.meta.url), "utf8"));
const written = read("entities.json") as Written;
const generated = read("entities_generated.json") as Generated[];

describe("entities", () => {
  it.each(written.entities)("of $text", ({ text, ...expected }) => {
    const finders = { links: findLinks, hashtags: findHashtags, mentions: findMentions };
    for (const [kind, values] of Object.entries(expected)) {
      const find = finders[kind as keyof typeof finders];
      expect(find(text).map(({ value }) => value)).toEqual(values);
    }
  });

  it("are those that the server finds in generated texts", () => {
    expect(generated.length).toBeGreaterThanOrEqual(400);
    const backwards = (text: string) => Array.from(text).reverse().join("");
    const found = generated.map(({ text }): Generated => ({
      text,
      entities: findEntities(text).map(({ kind, value }) => [kind, value]),
      is_hashtag: isHashtag(text),
      folded: foldHashtag(text),
      composed: composeText(text, backwards(text), ["pane", "京都", "STRASSE", "Pane"]),
    }));
    expect(found).toEqual(generated);
  });

  it("are parts of the text, in order and without overlap", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...generated.map(({ text }) => text)), { maxLength: 4 }), (parts) => {
        const text = parts.join("");
        let at = 0;
        for (const { start, end, value } of findEntities(text)) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(text.slice(start, end)).toBe(value);
          at = end;
        }
      }),
    );
  });
});

describe("the composed text", () => {
  it.each(written.composed)("is $text", ({ content, cta, hashtags, text }) => {
    expect(composeText(content, cta, hashtags)).toBe(text);
  });

  it("has valid hashtags", () => {
    expect(written.one_hashtag.yes.filter((tag) => !isHashtag(tag))).toEqual([]);
    expect(written.one_hashtag.no.filter((tag) => isHashtag(tag))).toEqual([]);
  });
});
