import { describe, expect, it } from "vitest";

import type { Brand } from "@/api/brand";
import { draftOf, drawableFields, fieldsOf, isChanged, toSixDigits } from "@/brand/draft";

const saved: Brand = {
  name: "Costa Viva",
  logo: null,
  logo_url: null,
  colors: ["#0b3f9e", "#ffcb5c"],
  fonts: "jakarta",
  handle: "@costaviva",
  tone: "",
  hashtags: ["mare", "estate"],
  cta: "Vieni",
  notes: [],
  styles: {},
  font_pairs: ["jakarta"],
};

describe("the brand's draft", () => {
  it("is unchanged until a field differs, spaces around it apart", () => {
    const draft = draftOf(saved);
    expect(isChanged(draft, saved)).toBe(false);
    expect(isChanged({ ...draft, name: " Costa Viva " }, saved)).toBe(false);
    expect(isChanged({ ...draft, fonts: null }, saved)).toBe(true);
  });

  it("has hashtags as people type them, which no card shows", () => {
    expect(draftOf(saved).hashtags).toBe("#mare #estate");
    const typing = { ...draftOf(saved), hashtags: "mare, #Mare spiaggia", cta: " Chiama " };
    expect(fieldsOf(typing)).toMatchObject({ hashtags: ["mare", "spiaggia"], cta: "Chiama" });
    expect(drawableFields(typing)).toEqual(drawableFields(draftOf(saved)));
  });

  it("keeps the colours of the form while the brand has none", () => {
    const without = draftOf({ ...saved, colors: null });
    expect(without.hasColors).toBe(false);
    expect(fieldsOf(without).colors).toBeNull();
    expect(fieldsOf({ ...draftOf(saved), hasColors: false }).colors).toBeNull();
    expect(fieldsOf({ ...without, hasColors: true }).colors).toHaveLength(2);
  });

  it("is drawn without its colours while one of them is being typed, and saved as it stands", () => {
    const typing = { ...draftOf(saved), colors: ["#0b3", "#ffcb"] as const };
    expect(drawableFields(typing).colors).toBeNull();
    expect(fieldsOf(typing).colors).toEqual(["#0b3", "#ffcb"]);
    expect(drawableFields({ ...typing, colors: ["#0b3", "#ffcb5c"] }).colors).toEqual(["#0b3", "#ffcb5c"]);
  });

  it.each([
    ["#ABC", "#aabbcc"],
    ["#0b3f9e", "#0b3f9e"],
    ["#0b3f", "#000000"],
    ["red", "#000000"],
  ])("shows %s in the browser's colour field as %s", (color, shown) => {
    expect(toSixDigits(color)).toBe(shown);
  });
});
