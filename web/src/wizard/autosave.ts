// Autosave: saves shortly after the last change, one request at a time, and retries after a failure.
import { isDefiniteRefusal } from "@/api/idempotency";
import type { Post } from "@/api/posts";
import { Problem } from "@/api/problem";
import { patchFields } from "@/wizard/draft";
import { draftFromPost, type Draft } from "@/wizard/draftFields";
import { isDirty, reduce, type Action, type ServerVersion, type WizardState } from "@/wizard/state";

export const DEBOUNCE_MS = 800;
const RETRY_MS = 3_000;
const RETRY_MAX_MS = 30_000;
// Each round merges what another client has saved meanwhile.
const ROUNDS = 5;

/** The server calls that saving needs. Each rejects with `Problem`. */
export interface Remote {
  /** Idempotent: a repeated call with the same `draft` returns the same post. */
  create(draft: Draft): Promise<Post>;
  change(id: string, rev: number, fields: ReturnType<typeof patchFields>): Promise<Post>;
  read(id: string): Promise<Post>;
}

/** Holds the wizard's state and notifies subscribers of changes. */
export class WizardStore {
  private readonly listeners = new Set<() => void>();

  constructor(public state: WizardState) {}

  readonly dispatch = (action: Action): void => {
    const next = reduce(this.state, action);
    if (next === this.state) return;
    this.state = next;
    for (const listener of this.listeners) listener();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export function toServerVersion(post: Post): ServerVersion {
  return { id: post.job_id, rev: post.rev, draft: draftFromPost(post) };
}

export class Autosave {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private failures = 0;
  private isRunning = false;
  private last: WizardState;

  /** `onSaved` gets every post that a request returned. */
  constructor(
    private readonly store: WizardStore,
    private readonly remote: Remote,
    private readonly onSaved: (post: Post) => void,
  ) {
    this.last = store.state;
  }

  /** Start saving; the returned function stops it and saves what is left. */
  start(): () => void {
    this.isRunning = true;
    const stop = this.store.subscribe(() => this.onStateChange());
    const onOnline = () => void this.flush();
    const onVisibilityChange = () => {
      if (document.hidden) void this.flush();
    };
    globalThis.addEventListener("online", onOnline);
    document.addEventListener("visibilitychange", onVisibilityChange);
    // A draft restored from this browser is saved at once.
    if (isDirty(this.store.state) || this.store.state.pendingCreate) this.scheduleSave(0);
    return () => {
      this.isRunning = false;
      stop();
      globalThis.removeEventListener("online", onOnline);
      document.removeEventListener("visibilitychange", onVisibilityChange);
      clearTimeout(this.timer);
      if (isDirty(this.store.state)) void this.flush();
    };
  }

  /** Save now and return whether everything is saved. `createIfEmpty`: create the post even when the draft is empty. */
  async flush({ createIfEmpty = false } = {}): Promise<boolean> {
    clearTimeout(this.timer);
    // One save at a time: the next one sends what the running one does not.
    while (this.running) await this.running;
    this.running = this.save(createIfEmpty);
    try {
      await this.running;
    } finally {
      this.running = null;
    }
    const { state } = this.store;
    return state.post !== null && !isDirty(state) && state.conflict === null;
  }

  private onStateChange(): void {
    const before = this.last;
    this.last = this.store.state;
    if (this.last.draft === before.draft && this.last.conflict === before.conflict) return;
    if (isDirty(this.last) && !this.last.conflict) this.scheduleSave(DEBOUNCE_MS);
  }

  private scheduleSave(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private async save(createIfEmpty: boolean): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { state } = this.store;
      const isUnchanged = !isDirty(state) && state.pendingCreate === null;
      if (state.conflict || (isUnchanged && (state.post !== null || !createIfEmpty))) return;
      if (!(await this.saveOnce())) return;
    }
  }

  /** Send one request; return whether to continue with what has changed since. */
  private async saveOnce(): Promise<boolean> {
    const { post, base } = this.store.state;
    this.store.dispatch({ type: "saveStarted" });
    const { sending } = this.store.state;
    if (!sending) return false;
    try {
      const saved = await (post
        ? this.remote.change(post.id, post.rev, patchFields(base, sending))
        : this.remote.create(sending));
      this.failures = 0;
      this.store.dispatch({ type: "saveSucceeded", post: toServerVersion(saved), at: new Date() });
      this.onSaved(saved);
      return true;
    } catch (failure) {
      return await this.handleFailure(failure, post?.id);
    }
  }

  private async handleFailure(failure: unknown, postId: string | undefined): Promise<boolean> {
    const status = failure instanceof Problem ? failure.status : 500;
    const definite = isDefiniteRefusal(status);
    const isOutdated = status === 412;
    const kind = isOutdated ? "outdated" : status === 0 ? "offline" : "failed";
    this.store.dispatch({ type: "saveFailed", kind, definite, failure });
    if (postId !== undefined && (isOutdated || status === 409))
      return (await this.loadServerVersion(postId)) && isOutdated;
    if (!definite && this.isRunning) {
      this.failures += 1;
      this.scheduleSave(Math.min(RETRY_MS * 2 ** (this.failures - 1), RETRY_MAX_MS));
    }
    return false;
  }

  /** Read the server's version and merge it into the state. */
  private async loadServerVersion(postId: string): Promise<boolean> {
    try {
      const theirs = await this.remote.read(postId);
      this.store.dispatch({ type: "serverVersionReceived", post: toServerVersion(theirs) });
      this.onSaved(theirs);
      return true;
    } catch (failure) {
      this.store.dispatch({ type: "saveFailed", kind: "failed", definite: true, failure });
      return false;
    }
  }
}
