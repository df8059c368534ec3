// The wizard at its addresses, with a stubbed network.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import type { Post } from "@/api/posts";
import { session } from "@/testing/sample";
import { account, platform, post, result } from "@/testing/sample-posts";
import { json, stubServer, type RecordedRequest } from "@/testing/server";
import { openStudio } from "@/testing/studio";

const PLATFORMS = [platform("facebook", "Facebook"), platform("instagram", "Instagram", { links_clickable: false })];
const ACCOUNTS = [account({ platforms: ["facebook", "instagram"] })];

interface Choice {
  platforms?: string[];
  accounts?: Record<string, string[]>;
}

/** A server with one post. */
function stubPost(before: Partial<Post> = {}, accounts = ACCOUNTS): { requests: RecordedRequest[]; now: () => Post } {
  let kept = post({ rev: 0, content: "", actions: ["edit", "publish", "schedule", "undo", "delete"], ...before });
  const take = () => {
    const body = requests.at(-1)?.body as Omit<Partial<Post>, "platforms" | "accounts"> & Choice;
    const {
      platforms = [...new Set(kept.platforms.map((row) => row.platform))],
      accounts: chosen = {},
      ...rest
    } = body;
    const rows = platforms.flatMap((name) =>
      (chosen[name] ?? ["acc_1"]).map((id) => result(name, "draft", { id: `${name}/${id}`, account_id: id })),
    );
    kept = { ...kept, ...rest, platforms: rows, rev: kept.rev + 1 };
    return json(kept);
  };
  const requests = stubServer({
    "GET /api/v1/session": json(session()),
    "GET /api/v1/platforms": json({ data: PLATFORMS }),
    "GET /api/v1/accounts": json({ data: accounts }),
    "GET /api/v1/brand": json({ hashtags: [], cta: "" }),
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
        platforms: kept.platforms.map((row) => (row.state === "published" ? row : { ...row, state: "queued" })),
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
  return { requests, now: () => kept };
}

const text = () => screen.findByLabelText("Text");
const changes = (requests: readonly RecordedRequest[]) =>
  requests
    .filter(({ method, path }) => method !== "GET" && !path.endsWith("/validate"))
    .map(({ method, path }) => `${method} ${path}`);

describe("a new post", () => {
  it("gets its own address while it is written, and the next one is empty", async () => {
    const { requests } = stubPost();
    const { router } = await openStudio("/posts/new");
    // At once, and not key by key: on a slow machine half a word would be saved.
    await userEvent.click(await text());
    await userEvent.paste("Ciao");
    await waitFor(() => expect(router.state.location.pathname).toBe("/posts/post_1/edit"));
    expect(await text()).toHaveFocus();
    await userEvent.paste(" a tutti");
    expect(await text()).toHaveValue("Ciao a tutti");
    expect(requests.find(({ method, path }) => `${method} ${path}` === "POST /api/v1/posts")?.body).toEqual({
      content: "Ciao",
      platforms: ["facebook", "instagram"],
    });
    await userEvent.click(screen.getByRole("link", { name: "Create post" }));
    await waitFor(async () => expect(await text()).toHaveValue(""));
    // The rest was saved by leaving, or by the clock on a slow machine: once, and by the rev that was known.
    await waitFor(() => expect(changes(requests)).toEqual(["POST /api/v1/posts", "PATCH /api/v1/posts/post_1"]));
    const saved = requests.find(({ method }) => method === "PATCH");
    expect(saved?.headers.get("If-Match")).toBe('"1"');
    expect(saved?.body).toMatchObject({ content: "Ciao a tutti" });
    expect(Object.keys(localStorage).filter((name) => name.startsWith("araldo.draft."))).toEqual([]);
  });

  it("sends and stores nothing when it is only opened", async () => {
    const { requests } = stubPost();
    const { router } = await openStudio("/posts/new");
    await text();
    await router.navigate({ to: "/posts" });
    expect(changes(requests)).toEqual([]);
  });
});

describe("one platform's own text", () => {
  it("is reset to the shared one, and can be restored", async () => {
    const { now } = stubPost({
      content: "Ciao",
      rev: 1,
      platforms: PLATFORMS.map(({ name }) => result(name, "draft")),
    });
    await openStudio("/posts/post_1/edit");
    await userEvent.click(await screen.findByRole("button", { name: "Customise for Instagram" }));
    await userEvent.type(screen.getByLabelText("Text for Instagram"), ", Instagram");
    await userEvent.click(screen.getByRole("button", { name: "Use the shared text again" }));
    expect(screen.queryByLabelText("Text for Instagram")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Restore the text for Instagram" }));
    expect(screen.getByLabelText("Text for Instagram")).toHaveValue("Ciao, Instagram");
    await waitFor(() => expect(now().texts).toEqual({ instagram: "Ciao, Instagram" }));
  });
});

describe("several accounts of a platform", () => {
  it("are chosen one by one, and the preview shows the one that is selected", async () => {
    const pages = ["Uno", "Due"].map((name, index) =>
      account({ id: `acc_${index + 1}`, name, platforms: ["facebook"], default: index === 0 }),
    );
    const { requests } = stubPost({ content: "Ciao", rev: 1, platforms: [result("facebook", "draft")] }, pages);
    await openStudio("/posts/post_1/edit?step=2");
    const group = within(await screen.findByRole("group", { name: "Facebook: accounts to publish to" }));
    // One is always chosen: the default, until a person chooses.
    expect(group.getByRole("checkbox", { name: "Uno" })).toBeChecked();
    expect(group.getByRole("checkbox", { name: "Uno" })).toBeDisabled();
    await userEvent.click(group.getByRole("checkbox", { name: "Due" }));
    await waitFor(() =>
      expect(requests.find(({ method }) => method === "PATCH")?.body).toMatchObject({
        accounts: { facebook: ["acc_1", "acc_2"] },
      }),
    );
    expect(group.getByRole("checkbox", { name: "Uno" })).toBeEnabled();
    const preview = within(screen.getByRole("complementary", { name: "Preview" }));
    await userEvent.selectOptions(preview.getByLabelText("Account"), "Due");
    expect(preview.getAllByText("Due").length).toBeGreaterThan(1);
    await userEvent.click(screen.getByRole("link", { name: /Publish/ }));
    expect(await screen.findByRole("button", { name: "Publish now to 2 destinations" })).toBeVisible();
  });
});

it("offers a choice of accounts only on a selected platform", async () => {
  const pages = ["Uno", "Due"].map((name, index) => account({ id: `acc_${index + 1}`, name, platforms: ["facebook"] }));
  stubPost({ content: "Ciao", rev: 1 }, pages);
  await openStudio("/posts/post_1/edit?step=2");
  const due = await screen.findByRole("checkbox", { name: "Due" });
  expect(due).toBeDisabled();
  await userEvent.click(screen.getByRole("checkbox", { name: "Facebook" }));
  expect(due).toBeEnabled();
});

it("lets a person write again what was cancelled, and choose where it goes", async () => {
  const actions = ["edit", "delete"] as const;
  stubPost({
    content: "Ciao",
    rev: 1,
    status: "cancelled",
    platforms: [result("facebook", "cancelled")],
    actions: [...actions],
  });
  const { router } = await openStudio("/posts/post_1/edit");
  expect(await text()).toHaveValue("Ciao");
  await router.navigate({ to: ".", search: { step: 4 } });
  expect(await screen.findByRole("button", { name: "Publish now" })).toBeVisible();
});

describe("the steps", () => {
  it("mark the current one, and show issues of those that were left", async () => {
    const problem = {
      pointer: "/platforms",
      code: "empty",
      detail: "Choose at least one platform.",
      platform: null,
      suggestions: [],
    };
    stubPost({ rev: 1, content: "Ciao", problems: [problem] });
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
  it("is sent once for a double click, undone, and then is another intent", async () => {
    const { requests } = stubPost({ rev: 1, content: "Ciao", platforms: [result("facebook", "draft")] });
    await openStudio("/posts/post_1/edit?step=4");
    await userEvent.dblClick(await screen.findByRole("button", { name: "Publish now on 1 platform" }));
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await userEvent.click(await screen.findByRole("button", { name: "Publish now on 1 platform" }));
    await screen.findByRole("button", { name: "Undo" });
    const sent = requests.filter(({ path }) => path.endsWith("/publish"));
    expect(sent.map(({ body }) => body)).toEqual([{ undo_s: 5 }, { undo_s: 5 }]);
    expect(new Set(sent.map(({ headers }) => headers.get("Idempotency-Key"))).size).toBe(2);
  });

  it("can be undone where another delivery was published before", async () => {
    stubPost({ rev: 1, content: "Ciao", platforms: [result("facebook", "draft"), result("instagram", "published")] });
    await openStudio("/posts/post_1/edit?step=4");
    await userEvent.click(await screen.findByRole("button", { name: /^Publish now on/ }));
    expect(await screen.findByRole("button", { name: "Undo" })).toBeVisible();
  });

  it("warns of a failed picture only where the post still goes", async () => {
    const failed = { image_state: "failed" };
    const platforms = [
      result("facebook", "cancelled", { id: "del_1", ...failed }),
      result("facebook", "draft", { id: "del_2" }),
      result("instagram", "draft", failed),
    ];
    stubPost({ rev: 1, content: "Ciao", platforms });
    await openStudio("/posts/post_1/edit?step=4");
    expect(await screen.findByText(/The picture for Instagram could not be made/)).toBeVisible();
    expect(screen.queryByText(/The picture for Facebook could not be made/)).toBeNull();
  });

  it("is refused while there are errors: the focus moves to the list", async () => {
    const problem = {
      pointer: "/content",
      code: "empty",
      detail: "The post has no text.",
      platform: null,
      suggestions: [],
    };
    const { requests } = stubPost({ rev: 1, platforms: [result("facebook", "draft")], problems: [problem] });
    await openStudio("/posts/post_1/edit?step=4");
    await userEvent.click(await screen.findByRole("button", { name: "Publish now on 1 platform" }));
    await waitFor(() => expect(screen.getByRole("region", { name: "Before you publish" })).toHaveFocus());
    expect(changes(requests)).toEqual([]);
  });
});
