// The list of draft fields: each is read from a post, and sent when it changed.
import { describe, expect, it } from "vitest";

import { post, result } from "@/testing/sample-posts";
import { patchFields } from "@/wizard/draft";
import { BLANK, draftFromPost, FIELD_NAMES } from "@/wizard/draftFields";

const FULL = draftFromPost(
  post({
    content: "Lancio",
    cta: "Prenota",
    hashtags: ["uno"],
    texts: { facebook: "Ehi" },
    shapes: { facebook: "4:5" },
    options: { facebook: { audience: "friends", pinned: true } },
    note: "Chiedi ad Anna",
    platforms: [result("facebook", "draft")],
  }),
);

describe("each field of a draft", () => {
  it.each(FIELD_NAMES)("%s is read from the post", (field) => {
    expect(FULL[field]).not.toEqual(BLANK[field]);
  });

  it.each(FIELD_NAMES)("%s is sent, and alone, when it alone changed", (field) => {
    const sent = patchFields(BLANK, { ...BLANK, [field]: FULL[field] });
    const options = { facebook: { audience: "friends", pinned: true } };
    expect(sent).toEqual({ [field]: field === "options" ? options : FULL[field] });
  });
});
