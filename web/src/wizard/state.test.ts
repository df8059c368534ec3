// The wizard's reducer, and merging drafts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { changedFields, patchFields, merge } from "@/wizard/draft";
import { BLANK, type Draft } from "@/wizard/draftFields";
import { createState, isDirty, reduce, type Action, type ServerVersion, type WizardState } from "@/wizard/state";

const AT = new Date(2030, 0, 1, 14, 2);
const serverVersion = (rev: number, change: Partial<Draft> = {}): ServerVersion => ({
  id: "post_1",
  rev,
  draft: { ...BLANK, ...change },
});
const reduceAll = (state: WizardState, ...actions: Action[]) => actions.reduce(reduce, state);
const changeContent = (text: string): Action => ({ type: "contentChanged", field: "content", text });

const texts = fc.stringMatching(/^[a-c ]{0,4}$/);
const names = fc.subarray(["facebook", "instagram", "story"]);
const byPlatform = fc.dictionary(fc.constantFrom("facebook", "instagram"), texts, {
  maxKeys: 2,
  noNullPrototype: true,
});
const drafts: fc.Arbitrary<Draft> = fc.record({
  content: texts,
  cta: texts,
  hashtags: fc.uniqueArray(fc.constantFrom("uno", "due", "tre")),
  texts: byPlatform,
  platforms: names,
  accounts: fc.dictionary(fc.constantFrom("facebook", "instagram"), fc.subarray(["acc_1", "acc_2"]), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
  shapes: byPlatform,
  options: fc.dictionary(fc.constantFrom("facebook/audience", "facebook/pinned"), fc.oneof(texts, fc.boolean()), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
  note: texts,
});

describe("merging two versions of a draft", () => {
  it("keeps the changes of both", () => {
    fc.assert(
      fc.property(drafts, drafts, drafts, (base, mine, theirs) => {
        const { draft, conflicts } = merge(base, mine, theirs);
        const [byMe, byThem] = [changedFields(base, mine), changedFields(base, theirs)];
        // Each field has the value of one side, and a change by one side alone is kept.
        expect(changedFields(draft, mine).every((name) => byThem.includes(name) && !byMe.includes(name))).toBe(true);
        expect(changedFields(draft, theirs).every((name) => byMe.includes(name))).toBe(true);
        expect(conflicts.every((name) => byMe.includes(name) && byThem.includes(name))).toBe(true);
      }),
    );
  });

  it("has no conflict when only one side changed, and takes the winner's value of each conflict", () => {
    fc.assert(
      fc.property(drafts, drafts, drafts, (base, mine, theirs) => {
        expect(merge(base, mine, base)).toEqual({ draft: mine, conflicts: [] });
        expect(merge(base, base, theirs)).toEqual({ draft: theirs, conflicts: [] });
        expect(merge(base, mine, mine)).toEqual({ draft: mine, conflicts: [] });
        const won = merge(base, mine, theirs, "theirs");
        expect(changedFields(won.draft, theirs).some((name) => won.conflicts.includes(name))).toBe(false);
      }),
    );
  });

  it("sends nothing exactly when both are equal", () => {
    fc.assert(
      fc.property(drafts, drafts, (one, other) => {
        expect(Object.keys(patchFields(one, other)).length === 0).toBe(changedFields(one, other).length === 0);
      }),
    );
  });
});

describe("writing", () => {
  it("changes one platform's text and resets it to the shared one", () => {
    const state = reduceAll(createState("Europe/Rome"), changeContent("Ciao"), {
      type: "platformTextChanged",
      platform: "instagram",
      text: "Ehi",
    });
    expect(state.draft.texts).toEqual({ instagram: "Ehi" });
    expect(reduce(state, { type: "platformTextReset", platform: "instagram" }).draft).toEqual({
      ...BLANK,
      content: "Ciao",
    });
  });

  it("keeps the platforms in display order", () => {
    const order = ["facebook", "instagram", "story"];
    const toggle = (platform: string, chosen: boolean): Action => ({
      type: "platformToggled",
      platform,
      chosen,
      order,
    });
    const state = reduceAll(
      createState("UTC"),
      toggle("story", true),
      toggle("facebook", true),
      toggle("facebook", true),
    );
    expect(state.draft.platforms).toEqual(["facebook", "story"]);
    expect(reduce(state, toggle("facebook", false)).draft.platforms).toEqual(["story"]);
  });

  it("drops the exact instant only when the wall time changes", () => {
    const state = reduceAll(createState("Europe/Rome"), {
      type: "scheduleChanged",
      change: { date: "2027-10-31", time: "02:30" },
    });
    const exact = reduce(state, { type: "scheduleChanged", change: { exact: "2027-10-31T02:30:00+01:00" } });
    expect(reduce(exact, { type: "scheduleChanged", change: { mode: "schedule" } }).schedule.exact).toBe(
      "2027-10-31T02:30:00+01:00",
    );
    expect(reduce(exact, { type: "scheduleChanged", change: { time: "03:30" } }).schedule.exact).toBeNull();
  });
});

describe("saving", () => {
  const open = createState("UTC", serverVersion(1).draft, serverVersion(1));

  it("takes the server's normalised fields, and keeps what was written meanwhile", () => {
    const sent = reduceAll(open, { type: "hashtagsAdded", text: "uno #Uno" }, { type: "saveStarted" });
    const state = reduceAll(sent, changeContent("Dopo"), {
      type: "saveSucceeded",
      post: serverVersion(2, { hashtags: ["uno"], accounts: { facebook: ["acc_1"] } }),
      at: AT,
    });
    expect(state.draft).toEqual({ ...BLANK, content: "Dopo", hashtags: ["uno"], accounts: { facebook: ["acc_1"] } });
    expect(state.saveStatus).toEqual({ kind: "saving" });
    expect(isDirty(state)).toBe(true);
  });

  it("is complete when nothing is left to send", () => {
    const state = reduceAll(
      open,
      changeContent("Ciao"),
      { type: "saveStarted" },
      { type: "saveSucceeded", post: serverVersion(2, { content: "Ciao" }), at: AT },
    );
    expect(state).toMatchObject({ saveStatus: { kind: "saved", at: AT }, post: { rev: 2 } });
    expect(isDirty(state)).toBe(false);
  });

  it("of a new post repeats the same request until it is answered", () => {
    const lost = reduceAll(
      createState("UTC"),
      changeContent("Ci"),
      { type: "saveStarted" },
      { type: "saveFailed", kind: "offline", definite: false, failure: null },
    );
    const again = reduceAll(lost, changeContent("Ciao"), { type: "saveStarted" });
    expect(again.sending?.content).toBe("Ci");
    const state = reduce(again, { type: "saveSucceeded", post: serverVersion(1, { content: "Ci" }), at: AT });
    expect(state).toMatchObject({ draft: { content: "Ciao" }, base: { content: "Ci" }, pendingCreate: null });
    const refused = reduceAll(
      lost,
      { type: "saveStarted" },
      { type: "saveFailed", kind: "failed", definite: true, failure: null },
      { type: "saveStarted" },
    );
    expect(refused.sending?.content).toBe("Ci");
    expect(
      reduceAll(refused, { type: "saveFailed", kind: "failed", definite: true, failure: null }).pendingCreate,
    ).toBeNull();
  });
});

describe("receiving the server's version", () => {
  const open = createState("UTC", serverVersion(1, { content: "Ciao" }).draft, serverVersion(1, { content: "Ciao" }));

  it("merges changes of other fields", () => {
    const state = reduceAll(open, changeContent("Ciao!"), {
      type: "serverVersionReceived",
      post: serverVersion(4, { content: "Ciao", cta: "Vieni" }),
    });
    expect(state).toMatchObject({ draft: { content: "Ciao!", cta: "Vieni" }, post: { rev: 4 }, conflict: null });
  });

  it("reports a conflict where both changed the same, and keeps both versions", () => {
    const conflict = reduceAll(open, changeContent("Mio"), {
      type: "serverVersionReceived",
      post: serverVersion(2, { content: "Loro", cta: "Vieni" }),
    });
    expect(conflict).toMatchObject({
      draft: { content: "Mio" },
      conflict: { fields: ["content"] },
      saveStatus: { kind: "conflict" },
      post: { rev: 1 },
    });
    const mine = reduce(conflict, { type: "conflictResolved", whose: "mine", at: AT });
    expect(mine).toMatchObject({
      draft: { content: "Mio", cta: "Vieni" },
      post: { rev: 2 },
      saveStatus: { kind: "saving" },
      conflict: null,
    });
    const theirs = reduce(conflict, { type: "conflictResolved", whose: "theirs", at: AT });
    expect(theirs).toMatchObject({ draft: { content: "Loro", cta: "Vieni" }, saveStatus: { kind: "saved" } });
    expect(isDirty(theirs)).toBe(false);
  });

  it("ends a conflict when both have written the same", () => {
    const conflict = reduceAll(
      open,
      changeContent("Mio"),
      { type: "serverVersionReceived", post: serverVersion(2, { content: "Loro" }) },
      changeContent("Loro"),
    );
    expect(
      reduce(conflict, { type: "serverVersionReceived", post: serverVersion(2, { content: "Loro" }) }),
    ).toMatchObject({
      conflict: null,
      post: { rev: 2 },
    });
  });

  it("ignores an older version, and any while a save is running", () => {
    const state = reduceAll(open, changeContent("Mio"));
    expect(reduce(state, { type: "serverVersionReceived", post: serverVersion(1, { content: "Loro" }) })).toBe(state);
    const sending = reduce(state, { type: "saveStarted" });
    expect(reduce(sending, { type: "serverVersionReceived", post: serverVersion(9, { content: "Loro" }) })).toBe(
      sending,
    );
  });
});

it("sets an option of one platform, and takes it back", () => {
  const change = (value: string | boolean | null): Action => ({
    type: "optionChanged",
    platform: "place",
    option: "audience",
    value,
  });
  const chosen = reduceAll(createState("Europe/Rome"), change("friends"));
  expect(chosen.draft.options).toEqual({ "place/audience": "friends" });
  expect(reduceAll(chosen, change(null)).draft.options).toEqual({});
});
