// Deleting and cancelling from a post's page, with a question before what cannot be undone.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import type { Post } from "@/api/posts";
import type { Language } from "@/i18n/language";
import { session } from "@/testing/sample";
import { account, PLATFORMS, post, result } from "@/testing/sample-posts";
import { json, stubServer, type RecordedRequest } from "@/testing/server";
import { openStudio } from "@/testing/studio";

async function open(
  states: string[],
  status: string,
  language: Language = "en",
  changes: Partial<Post> = {},
): Promise<RecordedRequest[]> {
  const user = { id: "user_1", name: "Giulia", language, has_password: true };
  const requests = stubServer({
    "GET /api/v1/session": json(session({ user })),
    "GET /api/v1/platforms": json({ data: PLATFORMS }),
    "GET /api/v1/accounts": json({ data: [account()] }),
    "GET /api/v1/posts": json({ data: [], next_cursor: null, has_more: false }),
    "GET /api/v1/posts/post_1": json(post({ status, states, ...changes })),
    "GET /api/v1/posts/post_1/timeline": json({ data: [] }),
    "GET /api/v1/posts/post_1/events": () =>
      new Response(new ReadableStream(), { headers: { "Content-Type": "text/event-stream" } }),
    "DELETE /api/v1/posts/post_1": new Response(null, { status: 204 }),
    "POST /api/v1/posts/post_1/cancel": json(post({ status: "cancelled", states: states.map(() => "cancelled") })),
  });
  await openStudio("/posts/post_1", language);
  return requests;
}

const press = async (name: string) => userEvent.click(await screen.findByRole("button", { name }));
const changes = (requests: readonly RecordedRequest[]) =>
  requests.filter(({ method }) => method !== "GET").map(({ method }) => method);

describe("deleting", () => {
  it("a published post asks first, and names where it stays public", async () => {
    const requests = await open(["published", "published", "failed"], "partial");
    await press("Delete");
    const dialog = within(await screen.findByRole("dialog", { name: "Delete this post from Araldo?" }));
    expect(dialog.getByText(/^It stays public on Facebook and Instagram: /)).toBeVisible();
    expect(dialog.queryByText(/may be public/)).toBeNull();
    await userEvent.click(dialog.getByRole("button", { name: "Keep it" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(changes(requests)).toEqual([]);
    await press("Delete");
    await press("Delete from Araldo only");
    await screen.findByRole("heading", { name: "Posts" });
    expect(changes(requests)).toEqual(["DELETE"]);
  });

  it("names in Italian where the post may be public", async () => {
    await open(["unconfirmed"], "unconfirmed", "it");
    await press("Elimina");
    expect(await screen.findByText(/^Potrebbe essere pubblico su Facebook\. /)).toBeVisible();
  });

  it("an unpublished post acts at once, and offers to undo it", async () => {
    const requests = await open(["draft"], "draft");
    await press("Delete");
    expect(await screen.findByRole("button", { name: "Undo" })).toBeVisible();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(changes(requests)).toEqual(["DELETE"]);
  });
});

describe("cancelling", () => {
  it("asks first, and names where it will not be published", async () => {
    const requests = await open(["published", "queued"], "publishing");
    await press("Cancel the rest");
    const dialog = within(await screen.findByRole("dialog", { name: "Cancel this post?" }));
    expect(dialog.getByText(/^It will not be published on Instagram\. /)).toBeVisible();
    await userEvent.click(dialog.getByRole("button", { name: "Do not cancel it" }));
    expect(changes(requests)).toEqual([]);
    await press("Cancel the rest");
    await press("Yes, cancel it");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(changes(requests)).toEqual(["POST"]);
  });
});

describe("what cannot be edited", () => {
  const detail = "È pubblicato.";
  const published = (platform: string) =>
    result(platform, "published", { not_possible: [{ action: "edit", code: "published", detail }] });

  it("says why, each reason once", async () => {
    const platforms = [published("facebook"), published("instagram")];
    await open([], "published", "it", { platforms });
    expect(await screen.findByText("Non si può modificare. È pubblicato.")).toBeVisible();
    expect(screen.queryByRole("link", { name: "Modifica" })).toBeNull();
  });

  it("says nothing where a delivery can be edited", async () => {
    await open([], "partial", "it", { platforms: [published("facebook"), result("instagram", "failed")] });
    expect(await screen.findByRole("link", { name: "Modifica" })).toBeVisible();
    expect(screen.queryByText(/Non si può modificare/)).toBeNull();
  });
});
