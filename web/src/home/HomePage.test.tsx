// The home page.
import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import type { Account } from "@/api/accounts";
import type { Post } from "@/api/posts";
import { session } from "@/testing/sample";
import { account, PLATFORMS, post } from "@/testing/sample-posts";
import { json, stubServer } from "@/testing/server";
import { openStudio } from "@/testing/studio";

function open(posts: Post[], accounts: Account[]) {
  stubServer({
    "GET /api/v1/session": json(session()),
    "GET /api/v1/platforms": json({ data: PLATFORMS }),
    "GET /api/v1/accounts": json({ data: accounts }),
    "GET /api/v1/posts": (request) => {
      const query = new URL(request.url).searchParams;
      const wanted = query.getAll("status");
      const found = posts.filter(({ status }) => wanted.length === 0 || wanted.includes(status));
      const due = ({ schedule_time }: Post) => Date.parse(schedule_time ?? "");
      const data = query.get("order") === "asc" ? found.toSorted((one, other) => due(one) - due(other)) : found;
      return json({ data, next_cursor: null, has_more: false });
    },
  });
  return openStudio("/");
}

const named = (content: string, status: string, changes: Partial<Post> = {}) =>
  post({ job_id: content, content, status, ...changes });

describe("home", () => {
  it("lists what needs attention, scheduled posts by time, drafts and what was published", async () => {
    const posts = [
      named("later", "scheduled", { schedule_time: "2030-02-03T10:00:00Z" }),
      named("sooner", "scheduled", { schedule_time: "2030-02-01T10:00:00Z" }),
      named("half", "partial"),
      named("unfinished", "draft"),
      named("public", "published"),
    ];
    await open(posts, [
      account(),
      account({ id: "acc_2", name: "Bottega", health: "dead", health_hint: "Connect it again." }),
    ]);
    const links = async (list: string) =>
      within(await screen.findByRole("list", { name: list }))
        .getAllByRole("link")
        .map(({ textContent }) => textContent);
    expect(await links("The next seven days")).toEqual(["sooner", "later"]);
    expect(await links("Needs attention")).toEqual(["half"]);
    expect(await links("Drafts")).toEqual(["unfinished"]);
    expect(await links("Published in the last seven days")).toEqual(["public"]);
    const ill = within(screen.getByRole("list", { name: "Accounts that need attention" }));
    expect(ill.getByText("Connect it again.")).toBeVisible();
    expect(ill.getAllByRole("listitem")).toHaveLength(1);
    expect(screen.queryByText(/All good/)).toBeNull();
  });

  it.each([
    [[], "Connect an account"],
    [[account()], "Write a post"],
  ])("offers the next step while there are no posts, with %j connected", async (accounts, action) => {
    await open([], accounts);
    const offered = await screen.findAllByRole("link", { name: /Connect an account|Write a post/ });
    expect(offered[0]).toHaveTextContent(action);
  });
});
