// Saving by itself: when, how often, and what becomes of what cannot be saved.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Post, PostFields } from "@/api/posts";
import { Problem } from "@/api/problem";
import { Autosave, DEBOUNCE_MS, WizardStore, type Remote } from "@/wizard/autosave";
import { BLANK, fieldsOf } from "@/wizard/draft";
import { keep, keptAt, keptNew, stateOf } from "@/wizard/kept";
import { beginning } from "@/wizard/state";

const OWNER = { userId: "user_1", workspaceId: "ws_1" };
const problem = (status: number) => new Problem({ status, code: "x", detail: "" });

/** A server with one post, that checks If-Match as the real one does. */
class Server implements Remote {
  post: Post | null = null;
  asked: [string, Partial<PostFields>][] = [];
  fails: Error[] = [];

  private answer(fields: Partial<PostFields>): Promise<Post> {
    const before = this.post ?? {
      job_id: "post_1",
      rev: 0,
      content: "",
      cta: null,
      hashtags: [],
      texts: {},
      accounts: {},
      shapes: {},
      platforms: [],
    };
    const { platforms, ...rest } = fields;
    const rows = platforms ? { platforms: platforms.map((platform) => ({ platform, state: "draft" })) } : {};
    this.post = { ...before, ...rest, ...rows, rev: before.rev + 1 } as Post;
    return Promise.resolve(this.post);
  }

  private refuse(name: string, fields: Partial<PostFields>): void {
    this.asked.push([name, fields]);
    const failure = this.fails.shift();
    if (failure) throw failure;
  }

  async create(draft: typeof BLANK) {
    await Promise.resolve();
    this.refuse("create", fieldsOf(BLANK, draft));
    return await this.answer(fieldsOf(BLANK, draft));
  }

  async change(_id: string, rev: number, fields: Partial<PostFields>) {
    await Promise.resolve();
    this.refuse(`change ${rev}`, fields);
    if (rev !== this.post?.rev) throw problem(412);
    return await this.answer(fields);
  }

  read() {
    return this.post ? Promise.resolve(this.post) : Promise.reject(problem(404));
  }

  /** From another tab. */
  elsewhere(fields: Partial<PostFields>) {
    void this.answer(fields);
  }
}

function open() {
  const store = new WizardStore(beginning("Europe/Rome", { ...BLANK, platforms: ["facebook"] }));
  const server = new Server();
  const took = vi.fn();
  const autosave = new Autosave(store, server, took);
  const write = (text: string) => store.dispatch({ type: "wrote", field: "content", text });
  return { store, server, autosave, took, write, stop: autosave.watch() };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("autosave", () => {
  it("makes a post a moment after the first keys, and then sends what has changed", async () => {
    const { store, server, write } = open();
    write("C");
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS - 1);
    write("Ciao");
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS - 1);
    expect(server.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    store.dispatch({ type: "tagged", text: "uno" });
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS);
    expect(server.asked).toEqual([
      ["create", { content: "Ciao", platforms: ["facebook"] }],
      ["change 1", { hashtags: ["uno"] }],
    ]);
    expect(store.state).toMatchObject({ saving: { kind: "saved" }, post: { id: "post_1", rev: 2 } });
  });

  it("asks nothing while nothing is written", async () => {
    const { server } = open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.asked).toEqual([]);
  });

  it("never sends two at once, and flushes all that is there", async () => {
    const { store, server, autosave, write } = open();
    write("Ciao");
    const first = autosave.flush();
    write("Ciao a tutti");
    expect(await Promise.all([first, autosave.flush()])).toEqual([true, true]);
    expect(server.asked.map(([name]) => name)).toEqual(["create", "change 1"]);
    expect(store.state.base.content).toBe("Ciao a tutti");
  });

  it("tries again when no answer came, and begins the same post", async () => {
    const { store, server, write } = open();
    server.fails = [problem(0), problem(0)];
    write("Ciao");
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS);
    expect(store.state.saving).toEqual({ kind: "offline" });
    write("Ciao, mondo");
    globalThis.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(server.asked.map(([name, { content }]) => [name, content])).toEqual([
      ["create", "Ciao"],
      ["create", "Ciao"],
      ["create", "Ciao"],
      ["change 1", "Ciao, mondo"],
    ]);
    expect(store.state.saving.kind).toBe("saved");
  });

  it("does not repeat what was refused, and says why", async () => {
    const { store, server, autosave, write } = open();
    server.fails = [problem(422)];
    write("Ciao");
    expect(await autosave.flush()).toBe(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.asked).toHaveLength(1);
    expect(store.state).toMatchObject({
      saving: { kind: "failed" },
      failure: { status: 422 },
      draft: { content: "Ciao" },
    });
  });

  it("takes in what another tab has changed, and asks where both have", async () => {
    const { store, server, autosave, write } = open();
    write("Ciao");
    await autosave.flush();
    server.elsewhere({ cta: "Vieni" });
    write("Ciao!");
    expect(await autosave.flush()).toBe(true);
    expect(server.post).toMatchObject({ content: "Ciao!", cta: "Vieni" });
    server.elsewhere({ content: "Loro" });
    write("Mio");
    expect(await autosave.flush()).toBe(false);
    expect(store.state).toMatchObject({ saving: { kind: "conflict" }, conflict: { over: ["content"] } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.post).toMatchObject({ content: "Loro" });
    store.dispatch({ type: "settled", whose: "mine", at: new Date() });
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS);
    expect(server.post).toMatchObject({ content: "Mio", cta: "Vieni" });
  });

  it("saves what is left when it stops", async () => {
    const { server, stop, write } = open();
    write("Ciao");
    stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(server.post).toMatchObject({ content: "Ciao" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.asked).toHaveLength(1);
  });
});

describe("what is kept in the browser", () => {
  it("comes back whole, to its owner only, and goes when all is saved", async () => {
    const { store, autosave, write } = open();
    write("Ciao");
    expect(keep(OWNER, "new-1", store.state, new Date())).toBe(true);
    const [kept] = keptNew(OWNER);
    expect(kept && stateOf(kept, "UTC")).toMatchObject({
      draft: { content: "Ciao", platforms: ["facebook"] },
      post: null,
    });
    expect(keptNew({ ...OWNER, userId: "user_2" })).toEqual([]);
    await autosave.flush();
    keep(OWNER, "new-1", store.state, new Date());
    expect(keptAt(OWNER, "new-1")).toBeNull();
  });

  it("is nothing when it is broken", () => {
    localStorage.setItem("araldo.draft.user_1.ws_1.post_1", '{"at":1,"state":{"draft":{"content":7}}}');
    localStorage.setItem("araldo.draft.user_1.ws_1.post_2", "{");
    expect(keptAt(OWNER, "post_1")).toBeNull();
    expect(keptAt(OWNER, "post_2")).toBeNull();
  });

  it("is told when there is no room", () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    const { store, write } = open();
    write("Ciao");
    expect(keep(OWNER, "new-1", store.state, new Date())).toBe(false);
  });
});
