// One key for one intent.
import { describe, expect, it } from "vitest";

import { idempotent, keyOf, once, settle } from "@/api/intent";
import { Problem } from "@/api/problem";

const DAY = 24 * 60 * 60 * 1000;

describe("an intent's key", () => {
  it("stays the same until it is settled", () => {
    const first = idempotent("publish/post_1/7");
    expect(first["Idempotency-Key"]).toMatch(/^[0-9a-f]{32}$/);
    expect(idempotent("publish/post_1/7")).toEqual(first);
    settle("publish/post_1/7");
    expect(idempotent("publish/post_1/7")).not.toEqual(first);
  });

  it("differs from every other intent's", () => {
    expect(keyOf("publish/post_1/7")).not.toBe(keyOf("publish/post_1/8"));
  });

  it("is forgotten when the server has forgotten it too", () => {
    const made = keyOf("publish/post_1/7", 0);
    expect(keyOf("publish/post_1/7", DAY)).toBe(made);
    expect(keyOf("publish/post_1/7", DAY + 1)).not.toBe(made);
  });

  it("is made anew when what was kept is broken", () => {
    localStorage.setItem("araldo.intent.a", "{");
    localStorage.setItem("araldo.intent.b", '{"key":7}');
    expect(keyOf("a")).toMatch(/^[0-9a-f]{32}$/);
    expect(localStorage.getItem("araldo.intent.b")).toBeNull();
  });

  it("outlives whatever may have happened, and ends with whatever surely did or did not", async () => {
    const keys: string[] = [];
    const ask = (status: number) =>
      once("publish/post_1/7", (header) => {
        keys.push(header["Idempotency-Key"]);
        return status === 200
          ? Promise.resolve("done")
          : Promise.reject(new Problem({ status, code: "x", detail: "" }));
      }).catch(() => null);
    for (const status of [0, 502, 429, 409, 200, 0]) await ask(status);
    const [lost, broken, slow, refused, done, next] = keys;
    expect([broken, slow, refused]).toEqual([lost, lost, lost]);
    expect(new Set([lost, done, next]).size).toBe(3);
  });
});
