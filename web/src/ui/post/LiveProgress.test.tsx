// A post's page while it is being published.
import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { Post } from "@/api/posts";
import { session } from "@/testing/sample";
import { account, PLATFORMS, post, result } from "@/testing/sample-posts";
import { json, stubServer, type RecordedRequest } from "@/testing/server";
import { openStudio } from "@/testing/studio";

/** An event stream that the test writes to. */
class FakeEventStream {
  private controller: ReadableStreamDefaultController<Uint8Array> | null = null;

  readonly answer = () =>
    new Response(new ReadableStream<Uint8Array>({ start: (controller) => void (this.controller = controller) }), {
      headers: { "Content-Type": "text/event-stream" },
    });

  send(id: number, kind: string): void {
    this.controller?.enqueue(new TextEncoder().encode(`id: ${id}\nevent: ${kind}\ndata: {}\n\n`));
  }

  breakOff(): void {
    this.controller?.error(new TypeError("network error"));
    this.controller = null;
  }
}

async function open(
  first: Post,
  more: Record<string, Response> = {},
): Promise<{ stream: FakeEventStream; requests: RecordedRequest[]; show: (after: Post) => void }> {
  let now = first;
  const stream = new FakeEventStream();
  const requests = stubServer({
    "GET /api/v1/session": json(session()),
    "GET /api/v1/platforms": json({ data: PLATFORMS }),
    "GET /api/v1/accounts": json({ data: [account()] }),
    "GET /api/v1/posts/post_1": () => json(now),
    "GET /api/v1/posts/post_1/timeline": json({ data: [] }),
    "GET /api/v1/posts/post_1/events": stream.answer,
    ...more,
  });
  await openStudio("/posts/post_1");
  return { stream, requests, show: (after) => void (now = after) };
}

const row = async (name: string) => within(await screen.findByRole("listitem", { name }));

describe("live progress", () => {
  it("follows the stream, shows the link of a published delivery, and announces the change once", async () => {
    const { stream, show } = await open(post({ status: "publishing", states: ["published", "publishing"] }));
    await (await row("Instagram")).findByText("Publishing");
    expect(screen.getByTestId("announced")).toHaveTextContent("");
    const out = post({ status: "published", states: ["published"] });
    out.platforms.push(result("instagram", "published", { post_url: "https://www.instagram.com/p/1" }));
    show({ ...out, successful: 2, total_platforms: 2 });
    act(() => stream.send(7, "delivery.published"));
    expect(await (await row("Instagram")).findByRole("link", { name: /See it on Instagram/ })).toHaveAttribute(
      "href",
      "https://www.instagram.com/p/1",
    );
    await waitFor(() => {
      expect(screen.getByTestId("announced")).toHaveTextContent("Instagram: Published");
    });
    expect(screen.getByText("Published everywhere: 2 of 2")).toBeVisible();
  });

  it("polls while the stream is broken, says so, and continues after the last event", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      const { stream, requests, show } = await open(post({ status: "publishing", states: ["publishing"] }));
      await screen.findByText(/Publishing: 0 of 1/);
      act(() => stream.send(41, "delivery.publishing"));
      await waitFor(() => expect(requests.filter(({ path }) => path.endsWith("/post_1")).length).toBeGreaterThan(1));
      show(post({ status: "published", states: ["published"] }));
      act(() => stream.breakOff());
      expect(await screen.findByText(/live connection broke/)).toBeVisible();
      expect(await screen.findByText("Published everywhere: 1 of 1")).toBeVisible();
      await act(() => vi.advanceTimersByTimeAsync(3_100));
      const streams = requests.filter(({ path }) => path.endsWith("/events"));
      expect(streams.at(-1)?.headers.get("last-event-id")).toBe("41");
      act(() => stream.send(42, "post.edited"));
      await waitFor(() => expect(screen.queryByText(/live connection broke/)).toBeNull());
    } finally {
      vi.useRealTimers();
    }
  });

  it("shows partial success, and retries the failed delivery alone and once", async () => {
    const partial = post({ status: "partial", states: ["published"] });
    partial.platforms.push(result("instagram", "failed", { error: "Meta does not accept this picture." }));
    const { requests } = await open(
      { ...partial, total_platforms: 2 },
      { "POST /api/v1/posts/post_1/retry": json(post({ status: "publishing", states: ["published", "queued"] })) },
    );
    expect(await screen.findByText("Published on 1 of 2")).toBeVisible();
    expect((await row("Facebook")).queryByRole("button")).toBeNull();
    const failed = await row("Instagram");
    expect(failed.getByText("Meta does not accept this picture.")).toBeVisible();
    await userEvent.click(failed.getByRole("button", { name: "Try Instagram again" }));
    await (await row("Instagram")).findByText("Queued");
    const retries = requests.filter(({ path }) => path.endsWith("/retry"));
    expect(retries.map(({ body }) => body)).toEqual([{ platforms: ["del_instagram"] }]);
    expect(retries[0]?.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    ["says that a picture was made again after the post changed", "scheduled", { image_remade: true }, true],
    ["says nothing of a picture as it was", "scheduled", {}, false],
    ["says nothing while it is being sent", "publishing", { image_remade: true }, false],
    ["says nothing once it is published", "published", { image_remade: true }, false],
  ])("%s", async (_, state, changes, says) => {
    const platforms = [result("facebook", state, { image_state: "ready", ...changes })];
    await open({ ...post({ status: state }), platforms });
    const told = (await row("Facebook")).queryByText("The post was changed and this picture was made again. Check it.");
    expect(told !== null).toBe(says);
  });

  it("lets a person resolve an unconfirmed delivery, with the link that they saw", async () => {
    const { requests } = await open(post({ status: "unconfirmed", states: ["unconfirmed"] }), {
      "POST /api/v1/posts/post_1/deliveries/del_facebook/resolve": json(
        post({ status: "published", states: ["published"] }),
      ),
    });
    const resolve = within(await screen.findByRole("group", { name: "Is it on Facebook?" }));
    expect(resolve.getAllByRole("button").map(({ textContent }) => textContent)).toEqual([
      "It is there",
      "It is not there: publish it",
      "It is not there: leave it",
    ]);
    await userEvent.click(resolve.getByRole("button", { name: "It is there" }));
    await userEvent.type(resolve.getByLabelText(/Its link/), "https://example.com/1");
    await userEvent.click(resolve.getByRole("button", { name: "Yes, it is there" }));
    expect(await screen.findByText("Published everywhere: 1 of 1")).toBeVisible();
    expect(requests.find(({ path }) => path.endsWith("/resolve"))?.body).toEqual({
      as: "published",
      post_url: "https://example.com/1",
    });
  });

  it("links to the accounts where one has to be reconnected, and shows a refused retry", async () => {
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
