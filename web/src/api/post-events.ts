// Keeps a post up to date while it is shown: by its event stream, else by polling.
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";

import { api, unwrapWithResponse } from "@/api/client";
import { createEventParser } from "@/api/event-stream";
import { POSTS } from "@/api/posts";
import { Problem } from "@/api/problem";

/** `polling`: the stream broke; the post is read every few seconds until the stream is back. */
export type StreamState = "connecting" | "live" | "polling";

export const POLL_MS = 3_000;
// The server sends at least a heartbeat every fifteen seconds.
const SILENCE_MS = 40_000;
// Events within this time cause one refetch.
const COALESCE_MS = 60;

/**
 * Keep `postQuery(postId)` and its timeline up to date while mounted. All callers for one post share a stream, because a
 * browser allows six connections to a server for all its tabs together.
 */
export function usePostEvents(postId: string): StreamState {
  const client = useQueryClient();
  const subscribe = useCallback(
    (onChange: () => void) => getStream(client, postId).subscribe(onChange),
    [client, postId],
  );
  return useSyncExternalStore(subscribe, () => getStream(client, postId).state);
}

const streams = new WeakMap<QueryClient, Map<string, PostEventStream>>();

function getStream(client: QueryClient, postId: string): PostEventStream {
  const ofClient = streams.get(client) ?? new Map<string, PostEventStream>();
  streams.set(client, ofClient);
  const stream = ofClient.get(postId) ?? new PostEventStream(client, postId);
  ofClient.set(postId, stream);
  return stream;
}

class PostEventStream {
  state: StreamState = "connecting";
  private readonly listeners = new Set<() => void>();
  private stopped = new AbortController();
  private lastId = "";
  private isRefetchScheduled = false;

  constructor(
    private readonly client: QueryClient,
    private readonly postId: string,
  ) {}

  subscribe(onChange: () => void): () => void {
    this.listeners.add(onChange);
    if (this.listeners.size === 1) {
      this.stopped = new AbortController();
      void this.run(this.stopped.signal);
    }
    return () => {
      this.listeners.delete(onChange);
      if (this.listeners.size > 0) return;
      this.stopped.abort();
      this.state = "connecting";
    };
  }

  private async run(stopped: AbortSignal): Promise<void> {
    for (;;) {
      await untilVisible(stopped);
      const failed = await this.read(stopped);
      if (isStopped(stopped)) return;
      // Not signed in, or no such post: the query for the post reports it.
      if (failed instanceof Problem && failed.status >= 400 && failed.status < 500) return;
      if (document.hidden) continue;
      this.setState("polling");
      this.scheduleRefetch();
      await sleep(POLL_MS, stopped);
    }
  }

  /** Read until the stream ends. Return the error that ended it, or null when the server did. */
  private async read(stopped: AbortSignal): Promise<unknown> {
    // A hidden tab closes its connection, and continues where it was when it is shown again.
    const disconnect = new AbortController();
    const onVisibilityChange = () => {
      if (document.hidden) disconnect.abort();
    };
    document.addEventListener("visibilitychange", onVisibilityChange);
    let timeout: ReturnType<typeof setTimeout> | undefined;
    const resetTimeout = () => {
      clearTimeout(timeout);
      timeout = setTimeout(() => disconnect.abort(), SILENCE_MS);
    };
    try {
      resetTimeout();
      const signal = AbortSignal.any([stopped, disconnect.signal]);
      const params = {
        path: { post_id: this.postId },
        ...(this.lastId ? { header: { "last-event-id": this.lastId } } : {}),
      };
      const { data } = await unwrapWithResponse(
        api.GET("/api/v1/posts/{post_id}/events", { params, parseAs: "stream", signal }),
      );
      const reader = (data as ReadableStream<Uint8Array>).getReader();
      const decoder = new TextDecoder();
      const parse = createEventParser();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return null;
        resetTimeout();
        this.setState("live");
        for (const event of parse(decoder.decode(value, { stream: true }))) {
          this.lastId = event.id;
          if (event.kind) this.scheduleRefetch();
        }
      }
    } catch (error) {
      return error;
    } finally {
      clearTimeout(timeout);
      document.removeEventListener("visibilitychange", onVisibilityChange);
    }
  }

  private setState(state: StreamState): void {
    if (this.state === state) return;
    this.state = state;
    for (const onChange of this.listeners) onChange();
  }

  private scheduleRefetch(): void {
    if (this.isRefetchScheduled) return;
    this.isRefetchScheduled = true;
    setTimeout(() => {
      this.isRefetchScheduled = false;
      void this.client.invalidateQueries({ queryKey: [...POSTS, "one", this.postId] });
      for (const part of ["timeline", "approval"])
        void this.client.invalidateQueries({ queryKey: [...POSTS, part, this.postId] });
    }, COALESCE_MS);
  }
}

function sleep(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    stopped.addEventListener("abort", end, { once: true });
  });
}

// A function, so that TypeScript does not narrow `aborted` across an await.
function isStopped(stopped: AbortSignal): boolean {
  return stopped.aborted;
}

function untilVisible(stopped: AbortSignal): Promise<void> {
  if (!document.hidden || stopped.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const check = () => {
      if (document.hidden && !stopped.aborted) return;
      document.removeEventListener("visibilitychange", check);
      resolve();
    };
    document.addEventListener("visibilitychange", check);
    stopped.addEventListener("abort", check, { once: true });
  });
}
