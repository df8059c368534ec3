// The note for colleagues on a post's page.
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import type { Post } from "@/api/posts";
import { session } from "@/testing/sample";
import { account, PLATFORMS, post } from "@/testing/sample-posts";
import { json, stubServer } from "@/testing/server";
import { openStudio } from "@/testing/studio";

/** `refusal`: of the first change; meanwhile somebody else makes the note `theirs`. */
async function open(note: string | null, refusal?: Response, theirs: string | null = note) {
  let kept = post({ status: "published", states: ["published"], note });
  const requests = stubServer({
    "GET /api/v1/session": json(session()),
    "GET /api/v1/platforms": json({ data: PLATFORMS }),
    "GET /api/v1/accounts": json({ data: [account()] }),
    "GET /api/v1/posts/post_1": () => json(kept),
    "GET /api/v1/posts/post_1/timeline": json({ data: [] }),
    "GET /api/v1/posts/post_1/events": () =>
      new Response(new ReadableStream(), { headers: { "Content-Type": "text/event-stream" } }),
    "PATCH /api/v1/posts/post_1": () => {
      if (refusal && kept.rev === 3) {
        kept = { ...kept, note: theirs, rev: 4 };
        return refusal.clone();
      }
      kept = { ...kept, ...(requests.at(-1)?.body as Partial<Post>), rev: kept.rev + 1 };
      return json(kept);
    },
  });
  await openStudio("/posts/post_1");
  return () => requests.filter(({ method }) => method === "PATCH");
}

const CHANGED = json({ code: "changed_meanwhile", detail: "Changed meanwhile.", errors: [] }, 412);
const press = async (name: string) => userEvent.click(await screen.findByRole("button", { name }));
const field = () => screen.getByLabelText("Note for colleagues (never published)");

describe("the note of a published post", () => {
  it("is added, of this version of the post only", async () => {
    const sent = await open(null);
    expect(await screen.findByText("No note. What you write here is never published.")).toBeVisible();
    await press("Add a note");
    expect(field()).toHaveFocus();
    await userEvent.paste(" Chiedi ad Anna ");
    await press("Save the note");
    expect(await screen.findByText("Chiedi ad Anna")).toBeVisible();
    expect(sent().map(({ body }) => body)).toEqual([{ note: "Chiedi ad Anna" }]);
    expect(sent()[0]?.headers.get("If-Match")).toBe('"3"');
  });

  it("is removed when nothing is left of it, and kept when the changes are discarded", async () => {
    const sent = await open("Chiedi ad Anna");
    await press("Edit the note");
    await userEvent.clear(field());
    await press("Discard changes");
    expect(screen.getByText("Chiedi ad Anna")).toBeVisible();
    expect(sent()).toEqual([]);
    await press("Edit the note");
    expect(field()).toHaveValue("Chiedi ad Anna");
    await userEvent.clear(field());
    await press("Save the note");
    await waitFor(() => expect(screen.getByRole("button", { name: "Add a note" })).toBeVisible());
    expect(sent().map(({ body }) => body)).toEqual([{ note: null }]);
  });

  it("stays in the field when the server refuses it, because something else was changed", async () => {
    const sent = await open("Prima", CHANGED);
    await press("Edit the note");
    await userEvent.type(field(), " e dopo");
    await press("Save the note");
    expect(await screen.findByRole("alert")).toHaveTextContent("Changed meanwhile.");
    expect(field()).toHaveValue("Prima e dopo");
    expect(screen.queryByText(/was changed elsewhere/)).toBeNull();
    await press("Save the note");
    expect(await screen.findByText("Prima e dopo")).toBeVisible();
    expect(sent().map(({ headers }) => headers.get("If-Match"))).toEqual(['"3"', '"4"']);
  });

  it.each([
    ["Loro", "Loro"],
    [null, "(empty)"],
  ])("does not replace another one (%s) that nobody has seen", async (theirs, shown) => {
    const sent = await open("Prima", CHANGED, theirs);
    await press("Edit the note");
    await userEvent.type(field(), " e dopo");
    await press("Save the note");
    const notice = await screen.findByText(/The note was changed elsewhere/);
    expect(notice.parentElement).toHaveTextContent(shown);
    expect(field()).toHaveValue("Prima e dopo");
    await press("Save the note");
    expect(await screen.findByText("Prima e dopo")).toBeVisible();
    expect(sent().at(-1)?.headers.get("If-Match")).toBe('"4"');
  });
});
