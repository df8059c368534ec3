// The pictures step, with the network standing in: what it asks for by itself, and what each state offers.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it } from "vitest";

import { begin, speak } from "@/i18n/language";
import { made, of, open, POST, regenerated, tile } from "@/testing/pictures-step";
import { post, result } from "@/testing/sample-posts";
import { json } from "@/testing/server";

beforeAll(async () => {
  await begin();
  await speak("en");
});

describe("what is made unasked", () => {
  it("are the first pictures, each once, as they would be made again", async () => {
    const { asked } = open(of({ image_state: "none" }, { image_state: "none" }));
    await tile("Facebook");
    await waitFor(() => expect(regenerated(asked)).toHaveLength(2));
    expect(regenerated(asked).map(({ body }) => body)).toEqual([{ variant: 0 }, { variant: 0 }]);
  });

  it.each([
    ["without words", { content: " " }, {}],
    ["where no pictures are wanted", { image_provider: "none" }, {}],
    ["what is there, on its way, stale or failed", {}, { image_state: "failed" }],
    ["once it may be out", {}, { image_state: "none", state: "published" }],
    ["instead of one's own", {}, { image_state: "none", image_origin: "given" }],
  ])("is nothing %s", async (_, changes, facebook) => {
    const { asked } = open(of({ image_state: "none", ...facebook }, { image_state: "stale" }, changes));
    await tile("Facebook");
    expect(await screen.findAllByRole("region")).toHaveLength(2);
    expect(regenerated(asked)).toEqual([]);
  });

  it("is told when it fails, and asked again by the person; the other tile stands", async () => {
    let works = false;
    const refused = () => (works ? json(of(made)) : json({ code: "x", detail: "Not today" }, 503));
    const { asked } = open(of({ image_state: "none" }, made), { [`POST ${POST}/images/facebook/regenerate`]: refused });
    const facebook = await tile("Facebook");
    expect(await within(facebook).findByText("Not today")).toBeVisible();
    expect(within(await tile("Instagram")).queryByText("Not today")).toBeNull();
    expect(within(await tile("Instagram")).getByRole("img")).toBeVisible();
    works = true;
    await userEvent.click(within(facebook).getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(within(facebook).queryByText("Not today")).toBeNull());
    expect(regenerated(asked)).toHaveLength(2);
    // What a server breaks off with says nothing of what it did: the second is the same intent.
    const [first, second] = regenerated(asked).map(({ headers }) => headers.get("Idempotency-Key"));
    expect(first).toBe(second);
  });
});

describe("a tile", () => {
  it("says why its picture failed", async () => {
    open(of({ image_state: "failed", error: "The provider has no credit", error_code: "quota" }));
    const facebook = await tile("Facebook");
    expect(within(facebook).getByText("The provider has no credit")).toBeVisible();
    expect(within(facebook).getByRole("status")).toHaveTextContent("Failed");
    expect(within(facebook).getByRole("button", { name: "Try again" })).toBeEnabled();
  });

  it("says who made it, and why another did", async () => {
    open(of({ ...made, image_notes: ["google had no time"] }));
    const facebook = await tile("Facebook");
    expect(within(facebook).getByText("Made by offline")).toBeVisible();
    expect(within(facebook).getByText("google had no time")).toBeVisible();
  });

  it("does not load a picture again that was only signed anew", async () => {
    const { world } = open(of(made));
    const facebook = await tile("Facebook");
    const before = within(facebook).getByRole("img").getAttribute("src");
    world.post = of({ ...made, image_url: "http://x/media/med_1.jpg?expires=2&signature=t", image_notes: ["seen"] });
    await userEvent.click(within(facebook).getByRole("button", { name: "Lock" }));
    expect(await within(facebook).findByText("seen")).toBeVisible();
    expect(within(facebook).getByRole("img")).toHaveAttribute("src", before);
  });

  it("offers nothing that would replace a locked picture", async () => {
    open(of({ ...made, image_locked: true }));
    const facebook = within(await tile("Facebook"));
    expect(facebook.getByRole("button", { name: "Unlock" })).toBeVisible();
    for (const name of ["Make another", "Upload", "Library"])
      expect(facebook.queryByRole("button", { name })).toBeNull();
  });

  it("is only to look at once it is out", async () => {
    open(of({ ...made, state: "published" }));
    const facebook = within(await tile("Facebook"));
    expect(facebook.queryAllByRole("button")).toEqual([]);
    expect(facebook.getByLabelText("Description of the picture")).toHaveAttribute("readonly");
  });

  it("asks only for what was changed of how it is made", async () => {
    const { asked } = open(of(made));
    const facebook = within(await tile("Facebook"));
    await userEvent.click(facebook.getByRole("button", { name: "Change how" }));
    const style = await facebook.findByLabelText("Style");
    expect(facebook.getByRole("option", { name: "google (needs ARALDO_X)" })).toBeDisabled();
    await userEvent.clear(style);
    await userEvent.type(style, "bold");
    await userEvent.click(facebook.getByLabelText("The same for all platforms"));
    await userEvent.click(facebook.getByRole("button", { name: "Make it so" }));
    await waitFor(() => expect(regenerated(asked)).toHaveLength(2));
    expect(regenerated(asked).map(({ path, body }) => [path.split("/").at(-2), body])).toEqual([
      ["facebook", { style: "bold" }],
      ["instagram", { style: "bold" }],
    ]);
  });

  it("of one's own is written on anew when the text has changed, and never replaced by a made one", async () => {
    const given = {
      ...made,
      image_origin: "given",
      image_provider: null,
      image_state: "stale",
      text_over_picture: true,
    };
    const crop = { x: 0, y: 0, w: 0.5, h: 1 };
    const { asked } = open(of(given, made, { images: { facebook: { media_id: "med_9", crop, focal: null } } }));
    const facebook = within(await tile("Facebook"));
    expect(facebook.getByRole("switch", { name: "The post's words over the picture" })).toBeChecked();
    expect(
      within(await tile("Instagram")).queryByRole("switch", { name: "The post's words over the picture" }),
    ).toBeNull();
    await userEvent.click(facebook.getByRole("button", { name: "Update the picture" }));
    const again = { media_id: "med_9", crop, focal: null, alt: "A loaf" };
    await waitFor(() =>
      expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({ images: { facebook: again } }),
    );
    expect(regenerated(asked)).toEqual([]);
  });

  it("keeps another description when the person goes on", async () => {
    const { asked } = open(of(made));
    const alt = within(await tile("Facebook")).getByLabelText("Description of the picture");
    await userEvent.type(alt, " of rye");
    await userEvent.tab();
    await waitFor(() =>
      expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({
        images: { facebook: { alt: "A loaf of rye" } },
      }),
    );
  });
});

describe("several pictures", () => {
  const slides = ["one", "two"].map((headline) => ({ headline, text: "", prompt: "" }));

  it("change their order by keys, also when the post was saved beside meanwhile", async () => {
    let tries = 0;
    const patch = () => {
      tries += 1;
      if (tries === 1) return json({ code: "changed_meanwhile", detail: "Changed" }, 412);
      world.post = of(made, made, { slides: [...slides].reverse() });
      return json(world.post);
    };
    const { asked, world } = open(of(made, made, { slides }), { [`PATCH ${POST}`]: patch });
    const later = await screen.findByRole("button", { name: "Move picture 1 one place later" });
    world.post = of(made, made, { slides, rev: 9 });
    later.focus();
    await userEvent.keyboard("{Enter}");
    await waitFor(() =>
      expect(screen.getAllByLabelText("Headline").map((field) => (field as HTMLInputElement).value)).toEqual([
        "two",
        "one",
      ]),
    );
    const [, second] = asked.filter(({ method }) => method === "PATCH");
    expect(second?.headers.get("If-Match")).toBe('"9"');
    expect(screen.getByText("Picture 1 is now picture 2.")).toBeInTheDocument();
  });

  it("are not to be had where no platform shows more than one", async () => {
    open(post({ platforms: [result("facebook", "draft", made)] }));
    await tile("Facebook");
    expect(screen.queryByText("Several pictures")).toBeNull();
  });
});
