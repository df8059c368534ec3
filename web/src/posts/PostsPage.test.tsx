// The list of posts.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { session } from "@/testing/sample";
import { PLATFORMS, post } from "@/testing/sample-posts";
import { json, stubServer } from "@/testing/server";
import { openStudio } from "@/testing/studio";
import { parsePostListSearch } from "@/ui/post/views";

const page = (names: string[], next: string | null = null) =>
  json({
    data: names.map((name) => post({ job_id: name, content: name, status: "published", states: ["published"] })),
    next_cursor: next,
    has_more: next !== null,
  });

function open(address: string, posts: (query: URLSearchParams) => Response) {
  const queries: string[] = [];
  const answer = (request: Request) => {
    const { search, searchParams } = new URL(request.url);
    queries.push(search);
    return posts(searchParams);
  };
  stubServer({
    "GET /api/v1/session": json(session()),
    "GET /api/v1/platforms": json({ data: PLATFORMS }),
    "GET /api/v1/posts": answer,
  });
  return openStudio(address).then(({ router }) => ({ router, queries }));
}

describe("the list of posts", () => {
  it("loads more by the cursor, and links to each post", async () => {
    const { queries } = await open("/posts", (query) =>
      query.get("cursor") === "c1" ? page(["third"]) : page(["first", "second"], "c1"),
    );
    const list = within(await screen.findByRole("list", { name: "Posts" }));
    expect(list.getByRole("link", { name: "first" })).toHaveAttribute("href", "/posts/first");
    await userEvent.click(screen.getByRole("button", { name: "Show more" }));
    expect(await list.findByRole("link", { name: "third" })).toBeVisible();
    expect(list.getAllByRole("listitem")).toHaveLength(3);
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
    expect(queries).toEqual(["?limit=20", "?limit=20&cursor=c1"]);
  });

  it("is filtered by view and words, which are in the address", async () => {
    const { router, queries } = await open("/posts?show=attention", () => page([]));
    expect(await screen.findByText("All good: nothing needs your attention.")).toBeVisible();
    const views = within(screen.getByRole("navigation", { name: "Filter the posts" }));
    expect(views.getAllByRole("link").filter((link) => link.getAttribute("aria-current") === "page")).toEqual([
      views.getByRole("link", { name: "Needs attention" }),
    ]);
    await userEvent.type(screen.getByRole("searchbox", { name: "Search" }), "n");
    await waitFor(() => expect(router.state.location.search).toEqual({ show: "attention", q: "n" }));
    // The box that was typed into still is the one that has the focus.
    await userEvent.keyboard("ovità");
    expect(await screen.findByText("No post contains “novità”.")).toBeVisible();
    expect(router.state.location.search).toEqual({ show: "attention", q: "novità" });
    await userEvent.click(screen.getByRole("link", { name: "Show all posts" }));
    await waitFor(() => expect(router.state.location.search).toEqual({ show: "attention" }));
    expect(screen.getByRole("searchbox")).toHaveValue("");
    expect(queries.map((query) => new URLSearchParams(query).getAll("status").join())).toContain(
      "failed,needs_reconnect,partial,unconfirmed",
    );
  });

  it.each([
    [{}, {}],
    [{ show: "all", q: "  " }, {}],
    [{ show: "evil", q: ["x"] }, {}],
    [
      { show: "published", q: 2024 },
      { show: "published", q: "2024" },
    ],
  ])("reads %j as %j", (search, address) => {
    expect(parsePostListSearch(search)).toEqual(address);
  });
});
