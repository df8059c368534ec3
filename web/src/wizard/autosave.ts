// Saves what is written as it is written: a moment after the last key, one save at a time, and again when one failed.
import { isDefinite } from "@/api/intent";
import type { Post } from "@/api/posts";
import { Problem } from "@/api/problem";
import { draftOfPost, fieldsOf, type Draft } from "@/wizard/draft";
import { isDirty, reduce, type Happening, type Known, type WizardState } from "@/wizard/state";

export const DEBOUNCE_MS = 800;
const RETRY_MS = 3_000;
const RETRY_MOST_MS = 30_000;
// Each round takes in what somebody else has saved meanwhile.
const ROUNDS = 5;

/** The server, as far as saving needs it. Each raises `Problem`. */
export interface Remote {
  /** Asked again for the same `draft`, it is the same post. */
  create(draft: Draft): Promise<Post>;
  change(id: string, rev: number, fields: ReturnType<typeof fieldsOf>): Promise<Post>;
  read(id: string): Promise<Post>;
}

/** The wizard's state, for whoever wants to know of its changes. */
export class WizardStore {
  private readonly told = new Set<() => void>();

  constructor(public state: WizardState) {}

  readonly dispatch = (what: Happening): void => {
    const next = reduce(this.state, what);
    if (next === this.state) return;
    this.state = next;
    for (const tell of this.told) tell();
  };

  readonly subscribe = (tell: () => void): (() => void) => {
    this.told.add(tell);
    return () => this.told.delete(tell);
  };
}

export function knownOf(post: Post): Known {
  return { id: post.job_id, rev: post.rev, draft: draftOfPost(post) };
}

export class Autosave {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private failures = 0;
  private watching = false;
  private last: WizardState;

  /** `took` hears of each post that a save was answered with. */
  constructor(
    private readonly store: WizardStore,
    private readonly remote: Remote,
    private readonly took: (post: Post) => void,
  ) {
    this.last = store.state;
  }

  /** Until the returned function is called; what is not saved then is saved at once. */
  watch(): () => void {
    this.watching = true;
    const stop = this.store.subscribe(() => this.noticed());
    const online = () => void this.flush();
    const hide = () => {
      if (document.hidden) void this.flush();
    };
    globalThis.addEventListener("online", online);
    document.addEventListener("visibilitychange", hide);
    // What was kept from an earlier time is not waited with.
    if (isDirty(this.store.state) || this.store.state.begunWith) this.plan(0);
    return () => {
      this.watching = false;
      stop();
      globalThis.removeEventListener("online", online);
      document.removeEventListener("visibilitychange", hide);
      clearTimeout(this.timer);
      if (isDirty(this.store.state)) void this.flush();
    };
  }

  /** Everything that is written, now; `evenOfNothing`: a post comes to be in any case. Whether all of it is saved. */
  async flush({ evenOfNothing = false } = {}): Promise<boolean> {
    clearTimeout(this.timer);
    // One at a time: what the present one does not carry, the next one does.
    while (this.running) await this.running;
    this.running = this.save(evenOfNothing);
    try {
      await this.running;
    } finally {
      this.running = null;
    }
    const { state } = this.store;
    return state.post !== null && !isDirty(state) && state.conflict === null;
  }

  private noticed(): void {
    const before = this.last;
    this.last = this.store.state;
    if (this.last.draft === before.draft && this.last.conflict === before.conflict) return;
    if (isDirty(this.last) && !this.last.conflict) this.plan(DEBOUNCE_MS);
  }

  private plan(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private async save(evenOfNothing: boolean): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { state } = this.store;
      const nothing = !isDirty(state) && state.begunWith === null;
      if (state.conflict || (nothing && (state.post !== null || !evenOfNothing))) return;
      if (!(await this.once())) return;
    }
  }

  /** Whether to go on with what there is to save by now. */
  private async once(): Promise<boolean> {
    const { post, base } = this.store.state;
    this.store.dispatch({ type: "saveBegan" });
    const { sending } = this.store.state;
    if (!sending) return false;
    try {
      const saved = await (post
        ? this.remote.change(post.id, post.rev, fieldsOf(base, sending))
        : this.remote.create(sending));
      this.failures = 0;
      this.store.dispatch({ type: "saved", post: knownOf(saved), at: new Date() });
      this.took(saved);
      return true;
    } catch (failure) {
      return await this.failed(failure, post?.id);
    }
  }

  private async failed(failure: unknown, postId: string | undefined): Promise<boolean> {
    const status = failure instanceof Problem ? failure.status : 500;
    const definite = isDefinite(status);
    const outdated = status === 412;
    const kind = outdated ? "outdated" : status === 0 ? "offline" : "failed";
    this.store.dispatch({ type: "saveFailed", kind, definite, failure });
    if (postId !== undefined && (outdated || status === 409)) return (await this.lookAgain(postId)) && outdated;
    if (!definite && this.watching) {
      this.failures += 1;
      this.plan(Math.min(RETRY_MS * 2 ** (this.failures - 1), RETRY_MOST_MS));
    }
    return false;
  }

  /** What somebody else has made of it, taken in. */
  private async lookAgain(postId: string): Promise<boolean> {
    try {
      const theirs = await this.remote.read(postId);
      this.store.dispatch({ type: "met", post: knownOf(theirs) });
      this.took(theirs);
      return true;
    } catch (failure) {
      this.store.dispatch({ type: "saveFailed", kind: "failed", definite: true, failure });
      return false;
    }
  }
}
