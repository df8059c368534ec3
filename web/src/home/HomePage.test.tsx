// The home page.
import { screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Account } from "@/api/accounts";
import type { Post } from "@/api/posts";
import { session } from "@/testing/sample";
import { account, PLATFORMS, post, result } from "@/testing/sample-posts";
import { json, stubServer } from "@/testing/server";
import { openStudio } from "@/testing/studio";

function open(posts: Post[], accounts: Account[]) {
  stubServer({
    "GET /api/v1/session": json(session()),
    "GET /api/v1/platforms": json({ data: PLATFORMS }),
    "GET /api/v1/accounts": json({ data: accounts }),
    "GET /api/v1/posts": (request) => {
      const query = new URL(request.url).searchParams;
      const [wanted, approvals] = [query.getAll("status"), query.getAll("approval")];
      const due = ({ schedule_time, updated_at }: Post) => Date.parse(schedule_time ?? updated_at);
      const [from, to] = [query.get("from"), query.get("to")];
      const found = posts.filter(
        (one) =>
          (wanted.length === 0 || wanted.includes(one.status)) &&
          (approvals.length === 0 || approvals.includes(one.approval)) &&
          (from === null || due(one) >= Date.parse(from)) &&
          (to === null || due(one) < Date.parse(to)),
      );
      const data = query.get("order") === "asc" ? found.toSorted((one, other) => due(one) - due(other)) : found;
      return json({ data, next_cursor: null, has_more: false });
    },
  });
  return openStudio("/");
}

const named = (content: string, status: string, changes: Partial<Post> = {}) =>
  post({ job_id: content, content, status, ...changes });

const NOW = new Date("2030-02-01T08:00:00Z");

describe("home", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("shows what needs attention, today's and the next days' posts by time, drafts and what was published", async () => {
    const posts = [
      named("later", "scheduled", { schedule_time: "2030-02-03T10:00:00Z" }),
      // In Rome it is the second of February already.
      named("tomorrow", "scheduled", { schedule_time: "2030-02-01T23:30:00Z" }),
      named("tonight", "scheduled", { schedule_time: "2030-02-01T22:30:00Z" }),
      named("overdue", "publishing", { schedule_time: "2030-01-31T10:00:00Z" }),
      named("next month", "scheduled", { schedule_time: "2030-03-01T10:00:00Z" }),
      named("half", "partial", { platforms: [result("facebook", "failed", { error: "The picture was refused." })] }),
      named("unfinished", "draft"),
      named("public", "published"),
      named("asked", "draft", { approval: "requested" }),
      named("returned", "draft", { approval: "sent_back" }),
    ];
    await open(posts, [
      account(),
      account({ id: "acc_2", name: "Bottega", health: "dead", health_hint: "Connect it again." }),
    ]);
    const links = async (list: string) =>
      within(await screen.findByRole("list", { name: list }))
        .getAllByRole("link")
        .map(({ textContent }) => textContent);
    expect(await links("Today")).toEqual(["overdue", "tonight"]);
    expect(await links("The next days")).toEqual(["tomorrow", "later"]);
    expect(await links("Needs attention")).toEqual(["half"]);
    expect(screen.getByText("The picture was refused.")).toBeVisible();
    expect(await links("Waiting for your approval")).toEqual(["asked"]);
    expect(await links("Drafts")).toEqual(["unfinished", "asked", "returned"]);
    expect(screen.getByRole("link", { name: "unfinished" })).toHaveAttribute("href", "/posts/unfinished/edit");
    expect(await links("Published in the last seven days")).toEqual(["public"]);
    const ill = within(screen.getByRole("list", { name: "Accounts that need attention" }));
    expect(ill.getByText("Connect it again.")).toBeVisible();
    expect(ill.getAllByRole("listitem")).toHaveLength(1);
    expect(screen.queryByText(/All good/)).toBeNull();
  });

  it.each([
    [[], "Connect an account"],
    [[account()], "See the accounts"],
  ])("leads to the first account and the first post, with %j connected", async (accounts, first) => {
    await open([], accounts);
    const steps = within(await screen.findByRole("region", { name: "Getting started" }));
    const offered = steps.getAllByRole("link").map(({ textContent }) => textContent);
    expect(offered).toEqual([first, "Write a post", "Open the brand"]);
  });
});
