// The shell: sign-in guard, navigation, workspace, language, sign-out.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { session } from "@/testing/sample";
import { json, stubServer } from "@/testing/server";
import { openStudio } from "@/testing/studio";

const NOBODY = json({ code: "not_signed_in", detail: "Sign in." }, 401);

describe("the guard", () => {
  it("redirects to the sign-in, and from there to the requested page", async () => {
    const requests = stubServer({ "GET /api/v1/session": NOBODY, "POST /api/v1/session": json(session()) });
    const { router } = await openStudio("/posts");
    await screen.findByRole("heading", { name: "Sign in" });
    expect(router.state.location.search).toEqual({ next: "/posts" });
    await userEvent.type(screen.getByLabelText(/^Name/), "Giulia");
    await userEvent.type(screen.getByLabelText(/^Password/), "battery staple");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    await screen.findByRole("heading", { name: "Posts" });
    expect(requests.find(({ method }) => method === "POST")?.body).toEqual({
      name: "Giulia",
      password: "battery staple",
    });
  });

  it("shows why a sign-in was refused, and keeps what was typed", async () => {
    stubServer({
      "GET /api/v1/session": NOBODY,
      "POST /api/v1/session": json({ code: "not_allowed", detail: "Name or password is wrong." }, 401),
    });
    await openStudio("/sign-in");
    await userEvent.type(await screen.findByLabelText(/^Name/), "Giulia");
    await userEvent.type(screen.getByLabelText(/^Password/), "wrong");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Name or password is wrong.");
    expect(screen.getByLabelText(/^Name/)).toHaveValue("Giulia");
  });

  it("shows a problem, not the sign-in, when the server fails", async () => {
    stubServer({
      "GET /api/v1/session": json({ code: "internal", detail: "The log has it.", request_id: "req_9" }, 500),
    });
    await openStudio("/");
    expect(await screen.findByRole("alert")).toHaveTextContent("The log has it.");
    expect(screen.getByText("Request req_9")).toBeVisible();
  });
});

describe("the shell", () => {
  it("leads from the user's menu to the documentation", async () => {
    stubServer({ "GET /api/v1/session": json(session()) });
    await openStudio("/");
    await userEvent.click(await screen.findByRole("button", { name: /: language, appearance, help, sign out$/ }));
    expect(screen.getByRole("link", { name: "Help (opens in a new tab)" })).toHaveAttribute("href", "/docs");
  });

  it("marks the current page, and moves the focus to the heading after navigation", async () => {
    stubServer({ "GET /api/v1/session": json(session()) });
    await openStudio("/");
    const pages = within(await screen.findByRole("navigation", { name: "Pages" }));
    expect(pages.getByRole("link", { name: "Home" })).toHaveAttribute("aria-current", "page");
    await userEvent.click(pages.getByRole("link", { name: "Accounts" }));
    await waitFor(() => expect(screen.getByRole("heading", { name: "Accounts" })).toHaveFocus());
    expect(pages.getByRole("link", { name: "Home" })).not.toHaveAttribute("aria-current");
    expect(document.title).toBe("Accounts · Araldo");
  });

  it("shows the sandbox banner in sandbox mode", async () => {
    stubServer({ "GET /api/v1/session": json(session()) });
    await openStudio("/");
    expect(await screen.findByRole("link", { name: /sandbox's feeds/ })).toHaveAttribute(
      "href",
      "http://127.0.0.1:8010/",
    );
  });

  it("shows no sandbox banner where posts are real", async () => {
    stubServer({ "GET /api/v1/session": json(session({ sandbox: null })) });
    await openStudio("/");
    await screen.findByRole("heading", { name: "Home" });
    expect(screen.queryByText(/Sandbox/)).toBeNull();
  });

  it("changes the workspace and opens the home page", async () => {
    const workspaces = [
      { id: "ws_1", name: "Studio Demo" },
      { id: "ws_2", name: "Bottega" },
    ];
    const requests = stubServer({
      "GET /api/v1/session": json(session({ workspaces })),
      "PATCH /api/v1/session": json(
        session({ workspaces, workspace: { ...session().workspace, id: "ws_2", name: "Bottega" } }),
      ),
    });
    const { router } = await openStudio("/posts");
    await userEvent.selectOptions(await screen.findByLabelText("Workspace"), "Bottega");
    await screen.findByRole("heading", { name: "Home" });
    expect(requests.filter(({ method }) => method === "PATCH").at(-1)).toMatchObject({
      method: "PATCH",
      body: { workspace_id: "ws_2" },
    });
    expect(requests.find(({ method }) => method === "PATCH")?.headers.get("X-CSRF-Token")).toBe("csrf-1");
    expect(screen.getByLabelText("Workspace")).toHaveValue("ws_2");
    expect(router.state.location.pathname).toBe("/");
  });

  it("changes the language at once, and saves it with the user", async () => {
    const requests = stubServer({
      "GET /api/v1/session": json(session()),
      "PATCH /api/v1/session": json(
        session({ user: { id: "user_1", name: "Giulia", language: "it", has_password: false } }),
      ),
    });
    await openStudio("/posts");
    await userEvent.click(await screen.findByRole("button", { name: /^Giulia/ }));
    await userEvent.click(await screen.findByRole("radio", { name: "Italiano" }));
    expect(await screen.findByRole("link", { name: "Crea post" })).toBeVisible();
    await waitFor(() =>
      expect(requests.filter(({ method }) => method === "PATCH").at(-1)).toMatchObject({
        method: "PATCH",
        body: { language: "it" },
      }),
    );
  });

  it("follows the browser's language while the user has chosen none", async () => {
    vi.spyOn(navigator, "languages", "get").mockReturnValue(["it-IT", "en"]);
    stubServer({ "GET /api/v1/session": json(session({ user: { ...session().user, language: null } })) });
    await openStudio("/posts", "en");
    expect(await screen.findByRole("link", { name: "Crea post" })).toBeVisible();
    expect(localStorage.getItem("araldo.language")).toBeNull();
  });

  it("names the time zone of all times on every page", async () => {
    stubServer({ "GET /api/v1/session": json(session()) });
    await openStudio("/posts");
    expect(await screen.findByText(/^All times: Europe\/Rome \(UTC\+0[12]:00\)\./)).toBeVisible();
    expect(screen.getByRole("link", { name: "Change" })).toHaveAttribute("href", "/settings");
  });

  it("warns a user without a password before signing out, and offers to set one", async () => {
    const requests = stubServer({
      "GET /api/v1/session": json(session()),
      "DELETE /api/v1/session": new Response(null, { status: 204 }),
    });
    await openStudio("/posts");
    const signOut = async () => {
      await userEvent.click(await screen.findByRole("button", { name: /^Giulia/ }));
      await userEvent.click(await screen.findByRole("button", { name: "Sign out" }));
    };
    await signOut();
    const dialog = within(await screen.findByRole("dialog", { name: "Sign out without a password?" }));
    expect(dialog.getByText("araldo users link Giulia")).toBeVisible();
    expect(dialog.getByRole("link", { name: "Set a password first" })).toHaveAttribute("href", "/settings");
    await userEvent.click(dialog.getByRole("button", { name: "Close" }));
    expect(requests.filter(({ method }) => method === "DELETE")).toEqual([]);
    await signOut();
    await userEvent.click(await screen.findByRole("button", { name: "Sign out anyway" }));
    await screen.findByRole("heading", { name: "Sign in" });
  });

  it("signs out, and clears the session", async () => {
    const user = { id: "user_1", name: "Giulia", language: "en" as const, has_password: true };
    stubServer({
      "GET /api/v1/session": json(session({ user })),
      "DELETE /api/v1/session": new Response(null, { status: 204 }),
    });
    const { router } = await openStudio("/posts");
    await userEvent.click(await screen.findByRole("button", { name: /^Giulia/ }));
    await userEvent.click(await screen.findByRole("button", { name: "Sign out" }));
    await screen.findByRole("heading", { name: "Sign in" });
    await router.navigate({ to: "/posts" });
    expect(router.state.location.pathname).toBe("/sign-in");
  });

  it("redirects to the sign-in when the server has ended the session", async () => {
    stubServer({ "GET /api/v1/session": json(session()), "PATCH /api/v1/session": NOBODY });
    const { router } = await openStudio("/accounts");
    await userEvent.click(await screen.findByRole("button", { name: /^Giulia/ }));
    await userEvent.click(await screen.findByRole("radio", { name: "Italiano" }));
    await screen.findByRole("heading", { name: "Accedi" });
    expect(router.state.location.search).toEqual({ next: "/accounts" });
  });

  it("shows a page for an unknown address", async () => {
    stubServer({ "GET /api/v1/session": json(session()) });
    await openStudio("/nowhere");
    expect(await screen.findByRole("heading", { name: "Page not found" })).toBeVisible();
  });
});
