// The wizard at its addresses, with the network standing in.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import type { Post } from "@/api/posts";
import { session } from "@/testing/sample";
import { account, platform, post, result } from "@/testing/sample-posts";
import { json, serve, type Asked } from "@/testing/server";
import { openStudio } from "@/testing/studio";

const PLATFORMS = [platform("facebook", "Facebook"), platform("instagram", "Instagram", { links_clickable: false })];
const ACCOUNTS = [account({ platforms: ["facebook", "instagram"] })];

/** A server that keeps one post as it is told. */
function serving(before: Partial<Post> = {}): { asked: Asked[]; now: () => Post } {
  let kept = post({ rev: 0, content: "", ...before });
  const take = () => {
    const { platforms, ...rest } = asked.at(-1)?.body as Omit<Partial<Post>, "platforms"> & { platforms?: string[] };
    const rows = platforms ? { platforms: platforms.map((name) => result(name, "draft")) } : {};
    kept = { ...kept, ...rest, ...rows, rev: kept.rev + 1 };
    return json(kept);
  };
  const asked = serve({
    "GET /api/v1/session": json(session()),
    "GET /api/v1/platforms": json({ data: PLATFORMS }),
    "GET /api/v1/accounts": json({ data: ACCOUNTS }),
    "GET /api/v1/accounts/acc_1/slots": json({ data: [], source: "default" }),
    "GET /api/v1/posts": json({ data: [], next_cursor: null, has_more: false }),
    "GET /api/v1/posts/post_1": () => json(kept),
    "POST /api/v1/posts": take,
    "PATCH /api/v1/posts/post_1": take,
    "GET /api/v1/posts/post_1/events": () =>
      new Response(new ReadableStream(), { headers: { "Content-Type": "text/event-stream" } }),
    "POST /api/v1/posts/post_1/publish": () => {
      kept = {
        ...kept,
        rev: kept.rev + 1,
        status: "publishing",
        platforms: kept.platforms.map((row) => ({ ...row, state: "queued" })),
      };
      return json(kept, 202);
    },
    "POST /api/v1/posts/post_1/undo": () => {
      kept = {
        ...kept,
        rev: kept.rev + 1,
        status: "draft",
        platforms: kept.platforms.map((row) => ({ ...row, state: "draft" })),
      };
      return json(kept);
    },
  });
  return { asked, now: () => kept };
}

const text = () => screen.findByLabelText("Text");
const changes = (asked: readonly Asked[]) =>
  asked.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);

describe("a new post", () => {
  it("gets an address of its own while it is written, and the next one begins blank", async () => {
    const { asked } = serving();
    const { router } = await openStudio("/posts/new");
    // At once, and not key by key: on a slow machine half a word would be saved.
    await userEvent.click(await text());
    await userEvent.paste("Ciao");
    await waitFor(() => expect(router.state.location.pathname).toBe("/posts/post_1/edit"));
    expect(await text()).toHaveFocus();
    await userEvent.paste(" a tutti");
    expect(await text()).toHaveValue("Ciao a tutti");
    expect(asked.find(({ method }) => method === "POST")?.body).toEqual({
      content: "Ciao",
      platforms: ["facebook", "instagram"],
    });
    await userEvent.click(screen.getByRole("link", { name: "Create post" }));
    await waitFor(async () => expect(await text()).toHaveValue(""));
    // The rest was saved by leaving, or by the clock on a slow machine: once, and by the rev that was known.
    await waitFor(() => expect(changes(asked)).toEqual(["POST /api/v1/posts", "PATCH /api/v1/posts/post_1"]));
    const saved = asked.find(({ method }) => method === "PATCH");
    expect(saved?.headers.get("If-Match")).toBe('"1"');
    expect(saved?.body).toMatchObject({ content: "Ciao a tutti" });
    expect(Object.keys(localStorage).filter((name) => name.startsWith("araldo.draft."))).toEqual([]);
  });

  it("asks nothing and keeps nothing when it is only looked at", async () => {
    const { asked } = serving();
    const { router } = await openStudio("/posts/new");
    await text();
    await router.navigate({ to: "/posts" });
    expect(changes(asked)).toEqual([]);
  });
});

describe("one platform's own text", () => {
  it("goes back to the shared one, and can be had again", async () => {
    const { now } = serving({ content: "Ciao", rev: 1, platforms: PLATFORMS.map(({ name }) => result(name, "draft")) });
    await openStudio("/posts/post_1/edit");
    await userEvent.click(await screen.findByRole("button", { name: "Customise for Instagram" }));
    await userEvent.type(screen.getByLabelText("Text for Instagram"), ", Instagram");
    await userEvent.click(screen.getByRole("button", { name: "Back to the shared text" }));
    expect(screen.queryByLabelText("Text for Instagram")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Bring back what Instagram had" }));
    expect(screen.getByLabelText("Text for Instagram")).toHaveValue("Ciao, Instagram");
    await waitFor(() => expect(now().texts).toEqual({ instagram: "Ciao, Instagram" }));
  });
});

describe("the steps", () => {
  it("say where one is, and what is wrong once they were left", async () => {
    const problem = {
      pointer: "/platforms",
      code: "empty",
      detail: "Choose at least one platform.",
      platform: null,
      suggestions: [],
    };
    serving({ rev: 1, content: "Ciao", problems: [problem] });
    const { router } = await openStudio("/posts/post_1/edit?step=2");
    const steps = within(await screen.findByRole("navigation", { name: "Steps" }));
    expect(steps.getByRole("link", { name: /Platforms/ })).toHaveAttribute("aria-current", "step");
    expect(steps.queryByText("1 error")).toBeNull();
    await userEvent.click(steps.getByRole("link", { name: /Content/ }));
    expect(await steps.findByText("1 error")).toBeVisible();
    expect(router.state.location.search).toEqual({});
  });
});

describe("publishing", () => {
  it("is asked once for two presses, taken back, and then is another intent", async () => {
    const { asked } = serving({ rev: 1, content: "Ciao", platforms: [result("facebook", "draft")] });
    await openStudio("/posts/post_1/edit?step=4");
    await userEvent.dblClick(await screen.findByRole("button", { name: "Publish now on 1" }));
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await userEvent.click(await screen.findByRole("button", { name: "Publish now on 1" }));
    await screen.findByRole("button", { name: "Undo" });
    const sent = asked.filter(({ path }) => path.endsWith("/publish"));
    expect(sent.map(({ body }) => body)).toEqual([{ undo_s: 5 }, { undo_s: 5 }]);
    expect(new Set(sent.map(({ headers }) => headers.get("Idempotency-Key"))).size).toBe(2);
  });

  it("does not happen while something is to be mended: the focus goes to what", async () => {
    const problem = {
      pointer: "/content",
      code: "empty",
      detail: "The post has no text.",
      platform: null,
      suggestions: [],
    };
    const { asked } = serving({ rev: 1, platforms: [result("facebook", "draft")], problems: [problem] });
    await openStudio("/posts/post_1/edit?step=4");
    await userEvent.click(await screen.findByRole("button", { name: "Publish now on 1" }));
    await waitFor(() => expect(screen.getByRole("region", { name: "Before it goes out" })).toHaveFocus());
    expect(changes(asked)).toEqual([]);
  });
});
