// Idempotency keys, one per intent.
import { describe, expect, it } from "vitest";

import { idempotencyHeader, getIdempotencyKey, withIdempotencyKey, releaseKey } from "@/api/idempotency";
import { Problem } from "@/api/problem";

const DAY = 24 * 60 * 60 * 1000;

describe("the key of an intent", () => {
  it("stays the same until it is released", () => {
    const first = idempotencyHeader("publish/post_1/7");
    expect(first["Idempotency-Key"]).toMatch(/^[0-9a-f]{32}$/);
    expect(idempotencyHeader("publish/post_1/7")).toEqual(first);
    releaseKey("publish/post_1/7");
    expect(idempotencyHeader("publish/post_1/7")).not.toEqual(first);
  });

  it("differs from another intent's", () => {
    expect(getIdempotencyKey("publish/post_1/7")).not.toBe(getIdempotencyKey("publish/post_1/8"));
  });

  it("expires when the server forgets it", () => {
    const made = getIdempotencyKey("publish/post_1/7", 0);
    expect(getIdempotencyKey("publish/post_1/7", DAY)).toBe(made);
    expect(getIdempotencyKey("publish/post_1/7", DAY + 1)).not.toBe(made);
  });

  it("is replaced when what is stored is invalid", () => {
    localStorage.setItem("araldo.intent.a", "{");
    localStorage.setItem("araldo.intent.b", '{"key":7}');
    expect(getIdempotencyKey("a")).toMatch(/^[0-9a-f]{32}$/);
    expect(localStorage.getItem("araldo.intent.b")).toBeNull();
  });

  it("is kept after an indefinite answer and released after a definite one", async () => {
    const keys: string[] = [];
    const send = (status: number) =>
      withIdempotencyKey("publish/post_1/7", (header) => {
        keys.push(header["Idempotency-Key"]);
        return status === 200
          ? Promise.resolve("done")
          : Promise.reject(new Problem({ status, code: "x", detail: "" }));
      }).catch(() => null);
    for (const status of [0, 502, 429, 409, 200, 0]) await send(status);
    const [lost, broken, slow, refused, done, next] = keys;
    expect([broken, slow, refused]).toEqual([lost, lost, lost]);
    expect(new Set([lost, done, next]).size).toBe(3);
  });
});
