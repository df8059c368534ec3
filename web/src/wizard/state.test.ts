// What the wizard knows after each thing that happens.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BLANK, differences, fieldsOf, merge, type Draft } from "@/wizard/draft";
import { beginning, isDirty, reduce, type Happening, type Known, type WizardState } from "@/wizard/state";

const AT = new Date(2030, 0, 1, 14, 2);
const known = (rev: number, change: Partial<Draft> = {}): Known => ({
  id: "post_1",
  rev,
  draft: { ...BLANK, ...change },
});
const after = (state: WizardState, ...happenings: Happening[]) => happenings.reduce(reduce, state);
const write = (text: string): Happening => ({ type: "wrote", field: "content", text });

const words = fc.stringMatching(/^[a-c ]{0,4}$/);
const names = fc.subarray(["facebook", "instagram", "story"]);
const byPlatform = fc.dictionary(fc.constantFrom("facebook", "instagram"), words, {
  maxKeys: 2,
  noNullPrototype: true,
});
const drafts: fc.Arbitrary<Draft> = fc.record({
  content: words,
  cta: words,
  hashtags: fc.uniqueArray(fc.constantFrom("uno", "due", "tre")),
  texts: byPlatform,
  platforms: names,
  accounts: byPlatform,
  shapes: byPlatform,
});

describe("two versions of a draft", () => {
  it("merge into both changes, and nothing is lost", () => {
    fc.assert(
      fc.property(drafts, drafts, drafts, (base, mine, theirs) => {
        const { draft, over } = merge(base, mine, theirs);
        const [byMe, byThem] = [differences(base, mine), differences(base, theirs)];
        // Each thing is as one of the two has it, and who changed it alone is heard.
        expect(differences(draft, mine).every((name) => byThem.includes(name) && !byMe.includes(name))).toBe(true);
        expect(differences(draft, theirs).every((name) => byMe.includes(name))).toBe(true);
        expect(over.every((name) => byMe.includes(name) && byThem.includes(name))).toBe(true);
      }),
    );
  });

  it("differ in nothing when only one has changed, and whoever wins has all that both changed", () => {
    fc.assert(
      fc.property(drafts, drafts, drafts, (base, mine, theirs) => {
        expect(merge(base, mine, base)).toEqual({ draft: mine, over: [] });
        expect(merge(base, base, theirs)).toEqual({ draft: theirs, over: [] });
        expect(merge(base, mine, mine)).toEqual({ draft: mine, over: [] });
        const won = merge(base, mine, theirs, "theirs");
        expect(differences(won.draft, theirs).some((name) => won.over.includes(name))).toBe(false);
      }),
    );
  });

  it("are alike exactly when nothing has to be sent", () => {
    fc.assert(
      fc.property(drafts, drafts, (one, other) => {
        expect(Object.keys(fieldsOf(one, other)).length === 0).toBe(differences(one, other).length === 0);
      }),
    );
  });
});

describe("writing", () => {
  it("changes one platform's text and goes back to the shared one", () => {
    const state = after(beginning("Europe/Rome"), write("Ciao"), {
      type: "customised",
      platform: "instagram",
      text: "Ehi",
    });
    expect(state.draft.texts).toEqual({ instagram: "Ehi" });
    expect(reduce(state, { type: "shared", platform: "instagram" }).draft).toEqual({ ...BLANK, content: "Ciao" });
  });

  it("keeps the platforms in the order in which they are shown", () => {
    const order = ["facebook", "instagram", "story"];
    const set = (platform: string, chosen: boolean): Happening => ({ type: "platformSet", platform, chosen, order });
    const state = after(beginning("UTC"), set("story", true), set("facebook", true), set("facebook", true));
    expect(state.draft.platforms).toEqual(["facebook", "story"]);
    expect(reduce(state, set("facebook", false)).draft.platforms).toEqual(["story"]);
  });

  it("forgets the exact instant of another wall time, and only then", () => {
    const state = after(beginning("Europe/Rome"), { type: "planned", when: { date: "2027-10-31", time: "02:30" } });
    const exact = reduce(state, { type: "planned", when: { exact: "2027-10-31T02:30:00+01:00" } });
    expect(reduce(exact, { type: "planned", when: { act: "schedule" } }).when.exact).toBe("2027-10-31T02:30:00+01:00");
    expect(reduce(exact, { type: "planned", when: { time: "03:30" } }).when.exact).toBeNull();
  });
});

describe("saving", () => {
  const open = beginning("UTC", known(1).draft, known(1));

  it("takes what the server put in order, and keeps what was written meanwhile", () => {
    const sent = after(open, { type: "tagged", text: "uno #Uno" }, { type: "saveBegan" });
    const state = after(sent, write("Dopo"), {
      type: "saved",
      post: known(2, { hashtags: ["uno"], accounts: { facebook: "acc_1" } }),
      at: AT,
    });
    expect(state.draft).toEqual({ ...BLANK, content: "Dopo", hashtags: ["uno"], accounts: { facebook: "acc_1" } });
    expect(state.saving).toEqual({ kind: "saving" });
    expect(isDirty(state)).toBe(true);
  });

  it("is done when nothing is left to send", () => {
    const state = after(
      open,
      write("Ciao"),
      { type: "saveBegan" },
      { type: "saved", post: known(2, { content: "Ciao" }), at: AT },
    );
    expect(state).toMatchObject({ saving: { kind: "saved", at: AT }, post: { rev: 2 } });
    expect(isDirty(state)).toBe(false);
  });

  it("of a new post asks alike until it is answered", () => {
    const lost = after(
      beginning("UTC"),
      write("Ci"),
      { type: "saveBegan" },
      { type: "saveFailed", kind: "offline", definite: false, failure: null },
    );
    const again = after(lost, write("Ciao"), { type: "saveBegan" });
    expect(again.sending?.content).toBe("Ci");
    const state = reduce(again, { type: "saved", post: known(1, { content: "Ci" }), at: AT });
    expect(state).toMatchObject({ draft: { content: "Ciao" }, base: { content: "Ci" }, begunWith: null });
    const refused = after(
      lost,
      { type: "saveBegan" },
      { type: "saveFailed", kind: "failed", definite: true, failure: null },
      { type: "saveBegan" },
    );
    expect(refused.sending?.content).toBe("Ci");
    expect(after(refused, { type: "saveFailed", kind: "failed", definite: true, failure: null }).begunWith).toBeNull();
  });
});

describe("meeting another version", () => {
  const open = beginning("UTC", known(1, { content: "Ciao" }).draft, known(1, { content: "Ciao" }));

  it("takes in what does not touch what was written here", () => {
    const state = after(open, write("Ciao!"), { type: "met", post: known(4, { content: "Ciao", cta: "Vieni" }) });
    expect(state).toMatchObject({ draft: { content: "Ciao!", cta: "Vieni" }, post: { rev: 4 }, conflict: null });
  });

  it("asks who is right about what both have changed, and loses neither", () => {
    const conflict = after(open, write("Mio"), { type: "met", post: known(2, { content: "Loro", cta: "Vieni" }) });
    expect(conflict).toMatchObject({
      draft: { content: "Mio" },
      conflict: { over: ["content"] },
      saving: { kind: "conflict" },
      post: { rev: 1 },
    });
    const mine = reduce(conflict, { type: "settled", whose: "mine", at: AT });
    expect(mine).toMatchObject({
      draft: { content: "Mio", cta: "Vieni" },
      post: { rev: 2 },
      saving: { kind: "saving" },
      conflict: null,
    });
    const theirs = reduce(conflict, { type: "settled", whose: "theirs", at: AT });
    expect(theirs).toMatchObject({ draft: { content: "Loro", cta: "Vieni" }, saving: { kind: "saved" } });
    expect(isDirty(theirs)).toBe(false);
  });

  it("ends a conflict by writing the same", () => {
    const conflict = after(open, write("Mio"), { type: "met", post: known(2, { content: "Loro" }) }, write("Loro"));
    expect(reduce(conflict, { type: "met", post: known(2, { content: "Loro" }) })).toMatchObject({
      conflict: null,
      post: { rev: 2 },
    });
  });

  it("learns nothing from an older one, nor while a save is under way", () => {
    const state = after(open, write("Mio"));
    expect(reduce(state, { type: "met", post: known(1, { content: "Loro" }) })).toBe(state);
    const sending = reduce(state, { type: "saveBegan" });
    expect(reduce(sending, { type: "met", post: known(9, { content: "Loro" }) })).toBe(sending);
  });
});
