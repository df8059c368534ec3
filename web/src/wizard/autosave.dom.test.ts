// Autosave and local drafts: when and how often is saved, and what happens to what cannot be saved.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Post, PostFields } from "@/api/posts";
import { Problem } from "@/api/problem";
import { Autosave, DEBOUNCE_MS, WizardStore, type Remote } from "@/wizard/autosave";
import { patchFields } from "@/wizard/draft";
import { BLANK } from "@/wizard/draftFields";
import * as localDrafts from "@/wizard/localDrafts";
import { createState } from "@/wizard/state";

const OWNER = { userId: "user_1", workspaceId: "ws_1" };
const problem = (status: number) => new Problem({ status, code: "x", detail: "" });

/** A server with one post that checks If-Match as the real one does. */
class Server implements Remote {
  post: Post | null = null;
  requests: [string, Partial<PostFields>][] = [];
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
      options: {},
      platforms: [],
    };
    const { platforms, ...rest } = fields;
    const rows = platforms ? { platforms: platforms.map((platform) => ({ platform, state: "draft" })) } : {};
    this.post = { ...before, ...rest, ...rows, rev: before.rev + 1 } as Post;
    return Promise.resolve(this.post);
  }

  private refuse(name: string, fields: Partial<PostFields>): void {
    this.requests.push([name, fields]);
    const failure = this.fails.shift();
    if (failure) throw failure;
  }

  async create(draft: typeof BLANK) {
    await Promise.resolve();
    this.refuse("create", patchFields(BLANK, draft));
    return await this.answer(patchFields(BLANK, draft));
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

  /** Change the post as another tab would. */
  changeElsewhere(fields: Partial<PostFields>) {
    void this.answer(fields);
  }
}

function open() {
  const store = new WizardStore(createState("Europe/Rome", { ...BLANK, platforms: ["facebook"] }));
  const server = new Server();
  const onSaved = vi.fn();
  const autosave = new Autosave(store, server, onSaved);
  const write = (text: string) => store.dispatch({ type: "contentChanged", field: "content", text });
  return { store, server, autosave, onSaved, write, stop: autosave.start() };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("autosave", () => {
  it("creates the post shortly after the first keys, and then sends what has changed", async () => {
    const { store, server, write } = open();
    write("C");
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS - 1);
    write("Ciao");
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS - 1);
    expect(server.requests).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    store.dispatch({ type: "hashtagsAdded", text: "uno" });
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS);
    expect(server.requests).toEqual([
      ["create", { content: "Ciao", platforms: ["facebook"] }],
      ["change 1", { hashtags: ["uno"] }],
    ]);
    expect(store.state).toMatchObject({ saveStatus: { kind: "saved" }, post: { id: "post_1", rev: 2 } });
  });

  it("sends nothing while nothing is written", async () => {
    const { server } = open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.requests).toEqual([]);
  });

  it("sends one request at a time, and flushes everything", async () => {
    const { store, server, autosave, write } = open();
    write("Ciao");
    const first = autosave.flush();
    write("Ciao a tutti");
    expect(await Promise.all([first, autosave.flush()])).toEqual([true, true]);
    expect(server.requests.map(([name]) => name)).toEqual(["create", "change 1"]);
    expect(store.state.base.content).toBe("Ciao a tutti");
  });

  it("retries when no answer came, and creates the same post", async () => {
    const { store, server, write } = open();
    server.fails = [problem(0), problem(0)];
    write("Ciao");
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS);
    expect(store.state.saveStatus).toEqual({ kind: "offline" });
    write("Ciao, mondo");
    globalThis.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(server.requests.map(([name, { content }]) => [name, content])).toEqual([
      ["create", "Ciao"],
      ["create", "Ciao"],
      ["create", "Ciao"],
      ["change 1", "Ciao, mondo"],
    ]);
    expect(store.state.saveStatus.kind).toBe("saved");
  });

  it("does not retry a refused save, and keeps the error", async () => {
    const { store, server, autosave, write } = open();
    server.fails = [problem(422)];
    write("Ciao");
    expect(await autosave.flush()).toBe(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.requests).toHaveLength(1);
    expect(store.state).toMatchObject({
      saveStatus: { kind: "failed" },
      failure: { status: 422 },
      draft: { content: "Ciao" },
    });
  });

  it("merges another tab's change, and reports a conflict where both changed the same", async () => {
    const { store, server, autosave, write } = open();
    write("Ciao");
    await autosave.flush();
    server.changeElsewhere({ cta: "Vieni" });
    write("Ciao!");
    expect(await autosave.flush()).toBe(true);
    expect(server.post).toMatchObject({ content: "Ciao!", cta: "Vieni" });
    server.changeElsewhere({ content: "Loro" });
    write("Mio");
    expect(await autosave.flush()).toBe(false);
    expect(store.state).toMatchObject({ saveStatus: { kind: "conflict" }, conflict: { fields: ["content"] } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.post).toMatchObject({ content: "Loro" });
    store.dispatch({ type: "conflictResolved", whose: "mine", at: new Date() });
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS);
    expect(server.post).toMatchObject({ content: "Mio", cta: "Vieni" });
  });

  it("saves what is left when it is stopped", async () => {
    const { server, stop, write } = open();
    write("Ciao");
    stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(server.post).toMatchObject({ content: "Ciao" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.requests).toHaveLength(1);
  });
});

describe("a local draft", () => {
  it("is restored for its owner only, and deleted when everything is saved", async () => {
    const { store, autosave, write } = open();
    write("Ciao");
    expect(localDrafts.save(OWNER, "new-1", store.state, new Date())).toBe(true);
    const [kept] = localDrafts.listNew(OWNER);
    expect(kept && localDrafts.restoreState(kept, "UTC")).toMatchObject({
      draft: { content: "Ciao", platforms: ["facebook"] },
      post: null,
    });
    expect(localDrafts.listNew({ ...OWNER, userId: "user_2" })).toEqual([]);
    await autosave.flush();
    localDrafts.save(OWNER, "new-1", store.state, new Date());
    expect(localDrafts.find(OWNER, "new-1")).toBeNull();
  });

  it("of an older studio, with one account for each platform, is restored with lists of accounts", () => {
    const { store, write } = open();
    write("Ciao");
    localDrafts.save(OWNER, "new-1", store.state, new Date());
    const name = "araldo.draft.user_1.ws_1.new-1";
    const stored = JSON.parse(localStorage.getItem(name) ?? "") as { state: { draft: object; base: object } };
    Object.assign(stored.state.draft, { accounts: { facebook: "acc_1" } });
    Object.assign(stored.state.base, { accounts: undefined });
    localStorage.setItem(name, JSON.stringify(stored));
    expect(localDrafts.find(OWNER, "new-1")?.state).toMatchObject({
      draft: { content: "Ciao", accounts: { facebook: ["acc_1"] } },
      base: { accounts: {} },
    });
  });

  it("is ignored when it is invalid", () => {
    localStorage.setItem("araldo.draft.user_1.ws_1.post_1", '{"at":1,"state":{"draft":{"content":7}}}');
    localStorage.setItem("araldo.draft.user_1.ws_1.post_2", "{");
    expect(localDrafts.find(OWNER, "post_1")).toBeNull();
    expect(localDrafts.find(OWNER, "post_2")).toBeNull();
  });

  it("is reported when storage is full", () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    const { store, write } = open();
    write("Ciao");
    expect(localDrafts.save(OWNER, "new-1", store.state, new Date())).toBe(false);
  });
});
