// Keeps what the studio shows of a post up to date while things happen to it: by its event stream, else by asking.
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";

import { api, whole } from "@/api/client";
import { eventReader } from "@/api/event-stream";
import { POSTS } from "@/api/posts";
import { Problem } from "@/api/problem";

/** `polling`: the stream broke; the post is asked for every few seconds until it is back. */
export type Following = "connecting" | "live" | "polling";

export const POLL_MS = 3_000;
// The server says something every fifteen seconds at the latest.
const SILENCE_MS = 40_000;
// A crowd of events asks for the post once.
const GATHER_MS = 60;

/**
 * While it is mounted, `postQuery(postId)` and its timeline follow the post. All that ask for one post share one stream:
 * a browser opens six connections to a server, for all its tabs together.
 */
export function usePostEvents(postId: string): Following {
  const client = useQueryClient();
  const subscribe = useCallback((changed: () => void) => streamOf(client, postId).join(changed), [client, postId]);
  return useSyncExternalStore(subscribe, () => streamOf(client, postId).following);
}

const streams = new WeakMap<QueryClient, Map<string, Stream>>();

function streamOf(client: QueryClient, postId: string): Stream {
  const ours = streams.get(client) ?? new Map<string, Stream>();
  streams.set(client, ours);
  const stream = ours.get(postId) ?? new Stream(client, postId);
  ours.set(postId, stream);
  return stream;
}

class Stream {
  following: Following = "connecting";
  private readonly members = new Set<() => void>();
  private over = new AbortController();
  private lastId = "";
  private gathering = false;

  constructor(
    private readonly client: QueryClient,
    private readonly postId: string,
  ) {}

  join(changed: () => void): () => void {
    this.members.add(changed);
    if (this.members.size === 1) {
      this.over = new AbortController();
      void this.follow(this.over.signal);
    }
    return () => {
      this.members.delete(changed);
      if (this.members.size > 0) return;
      this.over.abort();
      this.following = "connecting";
    };
  }

  private async follow(over: AbortSignal): Promise<void> {
    for (;;) {
      await visible(over);
      const failed = await this.read(over);
      if (isOver(over)) return;
      // Nobody is signed in, or there is no such post: whoever asks for the post itself says so.
      if (failed instanceof Problem && failed.status >= 400 && failed.status < 500) return;
      if (document.hidden) continue;
      this.become("polling");
      this.refresh();
      await pause(POLL_MS, over);
    }
  }

  /** Until it breaks off; what broke it, or null when the server ended it. */
  private async read(over: AbortSignal): Promise<unknown> {
    // A hidden tab gives its connection back; when it is looked at again, it goes on where it was.
    const cut = new AbortController();
    const leave = () => {
      if (document.hidden) cut.abort();
    };
    document.addEventListener("visibilitychange", leave);
    let watch: ReturnType<typeof setTimeout> | undefined;
    const stillThere = () => {
      clearTimeout(watch);
      watch = setTimeout(() => cut.abort(), SILENCE_MS);
    };
    try {
      stillThere();
      const signal = AbortSignal.any([over, cut.signal]);
      const params = {
        path: { post_id: this.postId },
        ...(this.lastId ? { header: { "last-event-id": this.lastId } } : {}),
      };
      const { data } = await whole(api.GET("/api/v1/posts/{post_id}/events", { params, parseAs: "stream", signal }));
      const pieces = (data as ReadableStream<Uint8Array>).getReader();
      const text = new TextDecoder();
      const take = eventReader();
      for (;;) {
        const { done, value } = await pieces.read();
        if (done) return null;
        stillThere();
        this.become("live");
        for (const event of take(text.decode(value, { stream: true }))) {
          this.lastId = event.id;
          if (event.kind) this.refresh();
        }
      }
    } catch (error) {
      return error;
    } finally {
      clearTimeout(watch);
      document.removeEventListener("visibilitychange", leave);
    }
  }

  private become(following: Following): void {
    if (this.following === following) return;
    this.following = following;
    for (const changed of this.members) changed();
  }

  private refresh(): void {
    if (this.gathering) return;
    this.gathering = true;
    setTimeout(() => {
      this.gathering = false;
      void this.client.invalidateQueries({ queryKey: [...POSTS, "one", this.postId] });
      void this.client.invalidateQueries({ queryKey: [...POSTS, "timeline", this.postId] });
    }, GATHER_MS);
  }
}

function pause(ms: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    over.addEventListener("abort", end, { once: true });
  });
}

// As a call, so that what it said before an await is not taken for what it says after.
function isOver(over: AbortSignal): boolean {
  return over.aborted;
}

function visible(over: AbortSignal): Promise<void> {
  if (!document.hidden || over.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !over.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    over.addEventListener("abort", look, { once: true });
  });
}
