// What the gallery of styles draws, and which style it marks.
import { describe, expect, it } from "vitest";

import { PLATFORMS, post, result } from "@/testing/sample-posts";
import { cardText, hasStyle, previewOf } from "@/wizard/pictures/galleryCards";
import { pictureSlots, type PictureSlot } from "@/wizard/pictures/slots";

const slotOf = (changes: object): PictureSlot => {
  const [slot] = pictureSlots(post({ platforms: [result("facebook", "draft", changes)] }), PLATFORMS);
  if (!slot) throw new Error("no slot");
  return slot;
};
const slide = (headline: string, text = "") => ({ headline, text, prompt: "" });

describe("a card of the gallery", () => {
  it.each([
    [{ content: "Shared" }, "Shared"],
    [{ content: "Shared", texts: { facebook: "Own" } }, "Own"],
    [{ content: "Shared", slides: [slide("One", "More"), slide("Two")] }, "One\n\nMore"],
    [{ content: "Shared", slides: [slide(" "), slide("Two")] }, "Shared"],
  ])("of the post %j says %j", (changes, text) => {
    expect(cardText(post(changes), "facebook")).toBe(text);
  });

  it("is small, in the picture's shape and variant, with the account and the design of the post", () => {
    const account = { id: "acc_1", name: "Studio Demo", username: "studio.demo" };
    expect(previewOf(post(), slotOf({ image_variant: 3, account }), "bold")).toMatchObject({
      style: "bold",
      variant: 3,
      aspect_ratio: "1080:1080",
      handle: "@studio.demo",
      post_id: "post_1",
      width: 320,
    });
  });

  it.each([
    ["offline", "made", "ready", true],
    [null, "made", "queued", true],
    ["google", "made", "ready", false],
    [null, "given", "ready", false],
    [null, "made", "none", false],
  ])("is marked for a picture by %s that is %s and %s: %s", (image_provider, image_origin, image_state, marked) => {
    expect(hasStyle(slotOf({ image_provider, image_origin, image_state }), "bold", "bold")).toBe(marked);
    expect(hasStyle(slotOf({ image_provider, image_origin, image_state }), "minimal", "bold")).toBe(false);
  });
});
