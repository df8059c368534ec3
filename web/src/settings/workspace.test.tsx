// The workspace's form: its language is sent only when somebody chooses one.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { session } from "@/testing/sample";
import { json, stubServer } from "@/testing/server";
import { openStudio } from "@/testing/studio";

async function open() {
  const requests = stubServer({
    "GET /api/v1/session": () => json(session()),
    "PATCH /api/v1/workspaces/ws_1": () => json(session().workspace),
  });
  await openStudio("/settings");
  const language = await screen.findByLabelText("Language of its e-mails");
  const form = language.closest("form");
  if (form === null) throw new Error("The language is in no form.");
  const save = async () => {
    await userEvent.click(within(form).getByRole("button", { name: "Save" }));
    await waitFor(() => expect(requests.some(({ method }) => method === "PATCH")).toBe(true));
    return requests.find(({ method }) => method === "PATCH")?.body;
  };
  return { language, save };
}

it("leaves a workspace's language as it is when another field is changed", async () => {
  const { language, save } = await open();
  expect(language).toHaveValue("it");
  await userEvent.type(screen.getByDisplayValue("Studio Demo"), " due");
  expect(await save()).toEqual({ name: "Studio Demo due", zone: "Europe/Rome" });
});

it("names the languages in the one in use, and the studio is in the user's", async () => {
  const spanish = { user: { ...session().user, language: "es" as const } };
  stubServer({ "GET /api/v1/session": json(session(spanish)) });
  await openStudio("/settings");
  const language = await screen.findByLabelText("Idioma de sus correos");
  expect(
    within(language)
      .getAllByRole("option")
      .map((option) => option.textContent),
  ).toEqual(["Inglés", "Español", "Italiano"]);
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Ajustes");
  expect(document.documentElement.lang).toBe("es");
});

it("sends the language that was chosen", async () => {
  const { language, save } = await open();
  await userEvent.selectOptions(language, "en");
  expect(await save()).toEqual({ name: "Studio Demo", zone: "Europe/Rome", language: "en" });
});
