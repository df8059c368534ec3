// A post's page while it is being published, with the network standing in.
import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { Post } from "@/api/posts";
import { session } from "@/testing/sample";
import { account, PLATFORMS, post, result } from "@/testing/sample-posts";
import { json, serve, type Asked } from "@/testing/server";
import { openStudio } from "@/testing/studio";

/** An event stream that the test speaks into. */
class Told {
  private to: ReadableStreamDefaultController<Uint8Array> | null = null;

  readonly answer = () =>
    new Response(new ReadableStream<Uint8Array>({ start: (controller) => void (this.to = controller) }), {
      headers: { "Content-Type": "text/event-stream" },
    });

  say(id: number, kind: string): void {
    this.to?.enqueue(new TextEncoder().encode(`id: ${id}\nevent: ${kind}\ndata: {}\n\n`));
  }

  breakOff(): void {
    this.to?.error(new TypeError("network error"));
    this.to = null;
  }
}

async function open(
  first: Post,
  more: Record<string, Response> = {},
): Promise<{ told: Told; asked: Asked[]; show: (after: Post) => void }> {
  let now = first;
  const told = new Told();
  const asked = serve({
    "GET /api/v1/session": json(session()),
    "GET /api/v1/platforms": json({ data: PLATFORMS }),
    "GET /api/v1/accounts": json({ data: [account()] }),
    "GET /api/v1/posts/post_1": () => json(now),
    "GET /api/v1/posts/post_1/timeline": json({ data: [] }),
    "GET /api/v1/posts/post_1/events": told.answer,
    ...more,
  });
  await openStudio("/posts/post_1");
  return { told, asked, show: (after) => void (now = after) };
}

const row = async (name: string) => within(await screen.findByRole("listitem", { name }));

describe("live progress", () => {
  it("follows the stream, shows the link as it comes, and announces the change once", async () => {
    const { told, show } = await open(post({ status: "publishing", states: ["published", "publishing"] }));
    await (await row("Instagram")).findByText("Publishing");
    expect(screen.getByTestId("announced")).toHaveTextContent("");
    const out = post({ status: "published", states: ["published"] });
    out.platforms.push(result("instagram", "published", { post_url: "https://www.instagram.com/p/1" }));
    show({ ...out, successful: 2, total_platforms: 2 });
    act(() => told.say(7, "delivery.published"));
    expect(await (await row("Instagram")).findByRole("link", { name: /See it on Instagram/ })).toHaveAttribute(
      "href",
      "https://www.instagram.com/p/1",
    );
    await waitFor(() => {
      expect(screen.getByTestId("announced")).toHaveTextContent("Instagram: Published");
    });
    expect(screen.getByText("Published everywhere: 2 of 2")).toBeVisible();
  });

  it("says that the stream broke, asks meanwhile, and goes on behind the last event", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      const { told, asked, show } = await open(post({ status: "publishing", states: ["publishing"] }));
      await screen.findByText(/Publishing: 0 of 1/);
      act(() => told.say(41, "delivery.publishing"));
      await waitFor(() => expect(asked.filter(({ path }) => path.endsWith("/post_1")).length).toBeGreaterThan(1));
      show(post({ status: "published", states: ["published"] }));
      act(() => told.breakOff());
      expect(await screen.findByText(/live connection broke/)).toBeVisible();
      expect(await screen.findByText("Published everywhere: 1 of 1")).toBeVisible();
      await act(() => vi.advanceTimersByTimeAsync(3_100));
      const streams = asked.filter(({ path }) => path.endsWith("/events"));
      expect(streams.at(-1)?.headers.get("last-event-id")).toBe("41");
      act(() => told.say(42, "post.edited"));
      await waitFor(() => expect(screen.queryByText(/live connection broke/)).toBeNull());
    } finally {
      vi.useRealTimers();
    }
  });

  it("calls partial success by its name, and tries the one that failed again, alone and once", async () => {
    const partial = post({ status: "partial", states: ["published"] });
    partial.platforms.push(result("instagram", "failed", { error: "Meta does not accept this picture." }));
    const { asked } = await open(
      { ...partial, total_platforms: 2 },
      { "POST /api/v1/posts/post_1/retry": json(post({ status: "publishing", states: ["published", "queued"] })) },
    );
    expect(await screen.findByText("Published on 1 of 2")).toBeVisible();
    expect((await row("Facebook")).queryByRole("button")).toBeNull();
    const failed = await row("Instagram");
    expect(failed.getByText("Meta does not accept this picture.")).toBeVisible();
    await userEvent.click(failed.getByRole("button", { name: "Try Instagram again" }));
    await (await row("Instagram")).findByText("Queued");
    const retries = asked.filter(({ path }) => path.endsWith("/retry"));
    expect(retries.map(({ body }) => body)).toEqual([{ platforms: ["instagram"] }]);
    expect(retries[0]?.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f]{32}$/);
  });

  it("lets a person decide what nobody can tell, with the address that they saw", async () => {
    const { asked } = await open(post({ status: "unconfirmed", states: ["unconfirmed"] }), {
      "POST /api/v1/posts/post_1/deliveries/facebook/resolve": json(
        post({ status: "published", states: ["published"] }),
      ),
    });
    const decide = within(await screen.findByRole("group", { name: "Decide about Facebook" }));
    expect(decide.getAllByRole("button").map(({ textContent }) => textContent)).toEqual([
      "It is out",
      "It is not out: send it",
      "Drop it",
    ]);
    await userEvent.click(decide.getByRole("button", { name: "It is out" }));
    await userEvent.type(decide.getByLabelText(/Its address/), "https://example.com/1");
    await userEvent.click(decide.getByRole("button", { name: "Yes, it is out" }));
    expect(await screen.findByText("Published everywhere: 1 of 1")).toBeVisible();
    expect(asked.find(({ path }) => path.endsWith("/resolve"))?.body).toEqual({
      as: "published",
      post_url: "https://example.com/1",
    });
  });

  it("leads to the accounts where one has to be connected again, and says what was refused", async () => {
    await open(post({ status: "failed", states: ["needs_reconnect"] }), {
      "POST /api/v1/posts/post_1/retry": json(
        { code: "account_not_usable", detail: "Connect the Page again first." },
        409,
      ),
    });
    const waiting = await row("Facebook");
    expect(waiting.getByRole("link", { name: "Reconnect the account" })).toHaveAttribute(
      "href",
      "/accounts?next=%2Fposts%2Fpost_1",
    );
    await userEvent.click(waiting.getByRole("button", { name: "Try Facebook again" }));
    expect(await waiting.findByRole("alert")).toHaveTextContent("Connect the Page again first.");
  });
});
