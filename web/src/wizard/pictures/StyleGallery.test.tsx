// The gallery of styles: what it draws, and what a click makes.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it } from "vitest";

import { initI18n, loadMessages, setLanguage } from "@/i18n/language";
import { generated, openStep, POST, postWith, regenerated, tile } from "@/testing/pictures-step";

beforeAll(async () => {
  await initI18n();
  await setLanguage("en");
  await loadMessages("pictures", "post", "previews");
});

describe("the gallery of styles", () => {
  const gallery = async () => within(await screen.findByRole("region", { name: "Style" }));
  const bold = { style: "bold", provider: "offline", variant: 0 };

  it("draws a small card of the post for each style, and asks no picture provider", async () => {
    const { requests } = openStep(postWith(generated, generated, { texts: { facebook: "Pane caldo" } }));
    await (await gallery()).findByRole("button", { name: "Bold" });
    const asked = requests.filter(({ path }) => path.endsWith("/images/preview"));
    expect(asked.map(({ body }) => body)).toMatchObject(
      ["professional", "bold"].map((style) => ({ style, content: "Pane caldo", width: 320, post_id: "post_1" })),
    );
    expect(regenerated(requests)).toEqual([]);
  });

  it("makes all pictures in a style with one click, and those of platforms that are chosen later", async () => {
    const { requests } = openStep(postWith({ ...generated, image_variant: 4 }, generated));
    await userEvent.click(await (await gallery()).findByRole("button", { name: "Bold" }));
    await waitFor(() => expect(regenerated(requests)).toHaveLength(2));
    expect(requests.find(({ method }) => method === "PATCH")?.body).toEqual({ image_style: "bold" });
    expect(regenerated(requests).map(({ body }) => body)).toEqual([{ ...bold, variant: 4 }, bold]);
  });

  it("changes one platform alone, and no locked picture", async () => {
    const { requests } = openStep(postWith(generated, generated));
    await userEvent.selectOptions((await gallery()).getByLabelText("For"), "Instagram");
    await userEvent.click((await gallery()).getByRole("button", { name: "Bold" }));
    await waitFor(() => expect(regenerated(requests)).toHaveLength(1));
    expect(regenerated(requests)[0]).toMatchObject({ path: `${POST}/images/instagram/regenerate`, body: bold });
    expect(requests.filter(({ method }) => method === "PATCH")).toEqual([]);
  });

  it("marks the style that the pictures have", async () => {
    openStep(postWith(generated, generated));
    expect(await (await gallery()).findByRole("button", { name: "Professional", pressed: true })).toBeVisible();
    expect((await gallery()).getByRole("button", { name: "Bold", pressed: false })).toBeVisible();
  });

  it("marks none while a picture is somebody's own", async () => {
    openStep(postWith(generated, { ...generated, image_origin: "given" }));
    expect(await (await gallery()).findAllByRole("button", { pressed: false })).toHaveLength(2);
  });

  it.each([
    ["all are locked", { image_locked: true }, {}],
    ["there are no words", {}, { content: " " }],
  ])("is not there where %s", async (_, changes, fields) => {
    openStep(postWith({ ...generated, ...changes }, { ...generated, ...changes }, fields));
    await tile("Facebook");
    expect(screen.queryByRole("region", { name: "Style" })).toBeNull();
  });
});
