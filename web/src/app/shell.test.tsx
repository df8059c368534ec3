// The studio's frame: who gets in, what is around a page, and the way out.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { session } from "@/testing/sample";
import { json, serve } from "@/testing/server";
import { openStudio } from "@/testing/studio";

const NOBODY = json({ code: "not_signed_in", detail: "Sign in." }, 401);

describe("the guard", () => {
  it("asks who is not signed in, and leads on to where they wanted to go", async () => {
    const asked = serve({ "GET /api/v1/session": NOBODY, "POST /api/v1/session": json(session()) });
    const { router } = await openStudio("/posts");
    await screen.findByRole("heading", { name: "Sign in" });
    expect(router.state.location.search).toEqual({ next: "/posts" });
    await userEvent.type(screen.getByLabelText(/^Name/), "Giulia");
    await userEvent.type(screen.getByLabelText(/^Password/), "battery staple");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    await screen.findByRole("heading", { name: "Posts" });
    expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ name: "Giulia", password: "battery staple" });
  });

  it("says why a sign-in was refused, and keeps what was typed", async () => {
    serve({
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

  it("shows a problem, and not the sign-in, when the server is broken", async () => {
    serve({ "GET /api/v1/session": json({ code: "internal", detail: "The log has it.", request_id: "req_9" }, 500) });
    await openStudio("/");
    expect(await screen.findByRole("alert")).toHaveTextContent("The log has it.");
    expect(screen.getByText("Request req_9")).toBeVisible();
  });
});

describe("the frame", () => {
  it("marks the page that is open, and moves the focus to a new one's heading", async () => {
    serve({ "GET /api/v1/session": json(session()) });
    await openStudio("/");
    const pages = within(await screen.findByRole("navigation", { name: "Pages" }));
    expect(pages.getByRole("link", { name: "Home" })).toHaveAttribute("aria-current", "page");
    await userEvent.click(pages.getByRole("link", { name: "Accounts" }));
    await waitFor(() => expect(screen.getByRole("heading", { name: "Accounts" })).toHaveFocus());
    expect(pages.getByRole("link", { name: "Home" })).not.toHaveAttribute("aria-current");
    expect(document.title).toBe("Accounts · Araldo");
  });

  it("says that everything goes to the sandbox only while it does", async () => {
    serve({ "GET /api/v1/session": json(session()) });
    await openStudio("/");
    expect(await screen.findByRole("link", { name: /sandbox's feeds/ })).toHaveAttribute(
      "href",
      "http://127.0.0.1:8010/",
    );
  });

  it("says nothing of a sandbox where posts are real", async () => {
    serve({ "GET /api/v1/session": json(session({ sandbox: null })) });
    await openStudio("/");
    await screen.findByRole("heading", { name: "Home" });
    expect(screen.queryByText(/Sandbox/)).toBeNull();
  });

  it("changes the workspace and goes home", async () => {
    const workspaces = [
      { id: "ws_1", name: "Studio Demo" },
      { id: "ws_2", name: "Bottega" },
    ];
    const asked = serve({
      "GET /api/v1/session": json(session({ workspaces })),
      "PATCH /api/v1/session": json(
        session({ workspaces, workspace: { id: "ws_2", name: "Bottega", language: "it", zone: "Europe/Rome" } }),
      ),
    });
    const { router } = await openStudio("/posts");
    await userEvent.selectOptions(await screen.findByLabelText("Workspace"), "Bottega");
    await screen.findByRole("heading", { name: "Home" });
    expect(asked.filter(({ method }) => method === "PATCH").at(-1)).toMatchObject({
      method: "PATCH",
      body: { workspace_id: "ws_2" },
    });
    expect(asked.find(({ method }) => method === "PATCH")?.headers.get("X-CSRF-Token")).toBe("csrf-1");
    expect(screen.getByLabelText("Workspace")).toHaveValue("ws_2");
    expect(router.state.location.pathname).toBe("/");
  });

  it("changes the language at once, and keeps it with the person", async () => {
    const asked = serve({
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
      expect(asked.filter(({ method }) => method === "PATCH").at(-1)).toMatchObject({
        method: "PATCH",
        body: { language: "it" },
      }),
    );
  });

  it("warns who has no password before it signs them out, and offers to set one", async () => {
    const asked = serve({
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
    expect(asked.filter(({ method }) => method === "DELETE")).toEqual([]);
    await signOut();
    await userEvent.click(await screen.findByRole("button", { name: "Sign out anyway" }));
    await screen.findByRole("heading", { name: "Sign in" });
  });

  it("signs out, and forgets who was here", async () => {
    const user = { id: "user_1", name: "Giulia", language: "en" as const, has_password: true };
    serve({
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

  it("asks to sign in again when the server has ended the session", async () => {
    serve({ "GET /api/v1/session": json(session()), "PATCH /api/v1/session": NOBODY });
    const { router } = await openStudio("/accounts");
    await userEvent.click(await screen.findByRole("button", { name: /^Giulia/ }));
    await userEvent.click(await screen.findByRole("radio", { name: "Italiano" }));
    await screen.findByRole("heading", { name: "Accedi" });
    expect(router.state.location.search).toEqual({ next: "/accounts" });
  });

  it("says that an address leads nowhere", async () => {
    serve({ "GET /api/v1/session": json(session()) });
    await openStudio("/nowhere");
    expect(await screen.findByRole("heading", { name: "Not found" })).toBeVisible();
  });
});
