// Deleting and cancelling from a post's page: what cannot be taken back is asked first.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import type { Language } from "@/i18n/language";
import { session } from "@/testing/sample";
import { account, PLATFORMS, post } from "@/testing/sample-posts";
import { json, serve, type Asked } from "@/testing/server";
import { openStudio } from "@/testing/studio";

async function open(states: string[], status: string, language: Language = "en"): Promise<Asked[]> {
  const user = { id: "user_1", name: "Giulia", language, has_password: true };
  const asked = serve({
    "GET /api/v1/session": json(session({ user })),
    "GET /api/v1/platforms": json({ data: PLATFORMS }),
    "GET /api/v1/accounts": json({ data: [account()] }),
    "GET /api/v1/posts": json({ data: [], next_cursor: null, has_more: false }),
    "GET /api/v1/posts/post_1": json(post({ status, states })),
    "GET /api/v1/posts/post_1/timeline": json({ data: [] }),
    "GET /api/v1/posts/post_1/events": () =>
      new Response(new ReadableStream(), { headers: { "Content-Type": "text/event-stream" } }),
    "DELETE /api/v1/posts/post_1": new Response(null, { status: 204 }),
    "POST /api/v1/posts/post_1/cancel": json(post({ status: "cancelled", states: states.map(() => "cancelled") })),
  });
  await openStudio("/posts/post_1", language);
  return asked;
}

const press = async (name: string) => userEvent.click(await screen.findByRole("button", { name }));
const changes = (asked: readonly Asked[]) => asked.filter(({ method }) => method !== "GET").map(({ method }) => method);

describe("deleting", () => {
  it("a post that is out asks first, and names where it stays", async () => {
    const asked = await open(["published", "published", "failed"], "partial");
    await press("Delete");
    const dialog = within(await screen.findByRole("dialog", { name: "Delete this post here?" }));
    expect(dialog.getByText(/^It stays public on Facebook and Instagram: /)).toBeVisible();
    expect(dialog.queryByText(/Nobody can tell/)).toBeNull();
    await userEvent.click(dialog.getByRole("button", { name: "Keep it" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(changes(asked)).toEqual([]);
    await press("Delete");
    await press("Delete it in Araldo only");
    await screen.findByRole("heading", { name: "Posts" });
    expect(changes(asked)).toEqual(["DELETE"]);
  });

  it("says in Italian where nobody can tell", async () => {
    await open(["unconfirmed"], "unconfirmed", "it");
    await press("Elimina");
    expect(await screen.findByText(/^Nessuno può dire se è uscito su Facebook\. /)).toBeVisible();
  });

  it("a post that is out nowhere acts at once, and offers to take it back", async () => {
    const asked = await open(["draft"], "draft");
    await press("Delete");
    expect(await screen.findByRole("button", { name: "Undo" })).toBeVisible();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(changes(asked)).toEqual(["DELETE"]);
  });
});

describe("cancelling", () => {
  it("asks first, and names where it will not go out", async () => {
    const asked = await open(["published", "queued"], "publishing");
    await press("Cancel the rest");
    const dialog = within(await screen.findByRole("dialog", { name: "Cancel this post?" }));
    expect(dialog.getByText(/^It will not go out on Instagram\. /)).toBeVisible();
    await userEvent.click(dialog.getByRole("button", { name: "Leave it as it is" }));
    expect(changes(asked)).toEqual([]);
    await press("Cancel the rest");
    await press("Cancel the post");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(changes(asked)).toEqual(["POST"]);
  });
});
