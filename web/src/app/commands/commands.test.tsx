// The palette, the list of shortcuts and the key handler, on the studio's pages.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { session } from "@/testing/sample";
import { post } from "@/testing/sample-posts";
import { json, stubServer } from "@/testing/server";
import { openStudio } from "@/testing/studio";

const FOUND = json({ data: [post({ content: "Torta di mele" })], next_cursor: null, has_more: false });

async function open(changes = {}) {
  const requests = stubServer({ "GET /api/v1/session": json(session(changes)), "GET /api/v1/posts": FOUND });
  const { router } = await openStudio("/settings/members");
  const search = await screen.findByRole("button", { name: "Search pages, actions and posts" });
  // Before that nobody listens to the keyboard.
  await waitFor(() => expect(search).toHaveAttribute("aria-keyshortcuts", "Control+K"));
  return { router, requests };
}

describe("the palette", () => {
  it("opens with the keyboard, finds a page, and leads there", async () => {
    const { router } = await open();
    await userEvent.keyboard("{Control>}k{/Control}");
    const field = await screen.findByRole("combobox", { name: /^Page, action/ });
    expect(field).toHaveFocus();
    await userEvent.keyboard("medi");
    const option = screen.getByRole("option", { name: /^Media/ });
    expect(field).toHaveAttribute("aria-activedescendant", option.id);
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/library"));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("finds posts by the server's search, and marks by arrow keys", async () => {
    const { router } = await open();
    await userEvent.keyboard("/");
    const field = await screen.findByRole("combobox", { name: /^Page, action/ });
    await userEvent.keyboard("torta");
    const option = await screen.findByRole("option", { name: /Torta di mele/ });
    expect(within(screen.getByRole("group", { name: "Posts" })).getAllByRole("option")).toHaveLength(1);
    await userEvent.keyboard("{ArrowDown}{ArrowUp}");
    expect(field).toHaveAttribute("aria-activedescendant", option.id);
    await userEvent.click(option);
    await waitFor(() => expect(router.state.location.pathname).toMatch(/^\/posts\/post_/));
  });

  it("says when nothing is found and when the search failed", async () => {
    const answers = [json({ data: [], next_cursor: null, has_more: false }), json({ code: "internal" }, 500)];
    stubServer({
      "GET /api/v1/session": json(session()),
      "GET /api/v1/posts": () => answers.shift() ?? json({}, 500),
    });
    await openStudio("/settings/members");
    await userEvent.click(await screen.findByRole("button", { name: "Search pages, actions and posts" }));
    await userEvent.type(await screen.findByRole("combobox", { name: /^Page, action/ }), "zzz");
    const status = await screen.findByRole("status");
    await waitFor(() => expect(status).toHaveTextContent("Nothing found for “zzz”."));
    await userEvent.keyboard("zz");
    await waitFor(() => expect(status).toHaveTextContent("The posts could not be searched."));
  });
});

describe("shortcuts", () => {
  it("lead to pages by two keys, one after the other", async () => {
    const { router } = await open();
    await userEvent.keyboard("gl");
    await waitFor(() => expect(router.state.location.pathname).toBe("/library"));
  });

  it("are ignored while one types and while a dialog is open", async () => {
    const { router } = await open();
    const field = document.createElement("textarea");
    document.body.append(field);
    field.focus();
    await userEvent.keyboard("c?gl");
    expect(field).toHaveValue("c?gl");
    field.remove();
    await userEvent.keyboard("?");
    const sheet = await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
    await userEvent.keyboard("gl");
    expect(sheet).toBeVisible();
    expect(router.state.location.pathname).toBe("/settings/members");
  });

  it("of single characters can be switched off, which is remembered; the combination stays", async () => {
    const { router } = await open();
    await userEvent.keyboard("?");
    const sheet = within(await screen.findByRole("dialog", { name: "Keyboard shortcuts" }));
    expect(sheet.getByText("Create post")).toBeVisible();
    await userEvent.click(sheet.getByRole("switch", { name: /^Shortcuts of single keys/ }));
    expect(sheet.queryByText("Create post")).toBeNull();
    expect(localStorage.getItem("araldo.shortcuts.user_1")).toBe("off");
    await userEvent.click(sheet.getByRole("button", { name: "Close" }));
    await userEvent.keyboard("cgl");
    expect(router.state.location.pathname).toBe("/settings/members");
    await userEvent.keyboard("{Control>}k{/Control}");
    expect(await screen.findByRole("combobox", { name: /^Page, action/ })).toBeVisible();
  });

  it("and actions are those of the person's role", async () => {
    const { router } = await open({ role: "viewer", permissions: ["read"] });
    await userEvent.keyboard("c");
    expect(router.state.location.pathname).toBe("/settings/members");
    await userEvent.keyboard("{Control>}k{/Control}");
    await screen.findByRole("combobox", { name: /^Page, action/ });
    expect(screen.queryByRole("option", { name: /^Create post/ })).toBeNull();
    expect(screen.getByRole("option", { name: /^Calendar/ })).toBeVisible();
  });
});
