// The browser's side of push notifications, where the push service does not answer.
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { PushUnavailable, subscribe } from "@/settings/push-browser";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it("gives up a subscription that the browser never answers", async () => {
  const pushManager = {
    getSubscription: () => Promise.resolve(null),
    subscribe: () => new Promise(() => undefined),
  };
  vi.stubGlobal("Notification", { permission: "granted" });
  Object.defineProperty(navigator, "serviceWorker", {
    configurable: true,
    value: { register: () => Promise.resolve(), ready: Promise.resolve({ pushManager }) },
  });
  const failed = subscribe("AQID").catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await failed).toEqual(new PushUnavailable("noService"));
});
