// The way to the server: what every call carries, and what its answers become.
import { describe, expect, it } from "vitest";

import { answered, api, carry, whole } from "@/api/client";
import { Problem } from "@/api/problem";
import { begin, speak } from "@/i18n/language";
import { cutOff, json, serve } from "@/testing/server";

async function problem(call: Promise<unknown>): Promise<Problem> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Problem)) throw new Error(`not a problem: ${String(error)}`);
  return error;
}

describe("a call", () => {
  it("carries the CSRF token when it changes something, and only then", async () => {
    const asked = serve({ "GET /api/v1/posts": json({ data: [] }), "POST /api/v1/posts": json({ id: "post_1" }, 201) });
    carry({ csrf_token: "t0k", workspace: { id: "wsp_1" } });
    await answered(api.GET("/api/v1/posts"));
    await answered(api.POST("/api/v1/posts", { body: {} as never }));
    expect(asked.map(({ headers }) => headers.get("X-CSRF-Token"))).toEqual([null, "t0k"]);
    carry(null);
    await answered(api.POST("/api/v1/posts", { body: {} as never }));
    expect(asked[2]?.headers.get("X-CSRF-Token")).toBeNull();
  });

  it("asks for the language that is spoken", async () => {
    const asked = serve({ "GET /api/v1/posts": json({ data: [] }) });
    await begin();
    await speak("it");
    await answered(api.GET("/api/v1/posts"));
    expect(asked[0]?.headers.get("Accept-Language")).toBe("it");
  });

  it("gives the body, and the head to who wants it", async () => {
    serve({ "GET /api/v1/posts": json({ data: [], next_cursor: null }, 200, { ETag: '"7"' }) });
    expect(await answered(api.GET("/api/v1/posts"))).toEqual({ data: [], next_cursor: null });
    expect((await whole(api.GET("/api/v1/posts"))).response.headers.get("ETag")).toBe('"7"');
  });

  it("turns a problem into an error with its fields", async () => {
    const entry = { pointer: "/hashtags/3", code: "too_long", detail: "Too long.", platform: "instagram" };
    const body = { code: "invalid", detail: "Not valid.", status: 422, request_id: "req_1", errors: [entry] };
    serve({ "POST /api/v1/posts": json(body, 422, { "Retry-After": "7" }) });
    const found = await problem(answered(api.POST("/api/v1/posts", { body: {} as never })));
    expect(found).toMatchObject({
      status: 422,
      code: "invalid",
      detail: "Not valid.",
      requestId: "req_1",
      retryAfterS: 7,
    });
    expect(found.at("/hashtags")).toEqual([{ ...entry, suggestions: [] }]);
    expect(found.at("/hash")).toEqual([]);
  });

  it("takes a proxy's HTML for a problem too", async () => {
    serve({ "GET /api/v1/posts": new Response("<h1>Bad gateway</h1>", { status: 502 }) });
    expect(await problem(answered(api.GET("/api/v1/posts")))).toMatchObject({
      status: 502,
      code: "unexpected",
      errors: [],
    });
  });

  it("says that no answer came", async () => {
    cutOff();
    expect((await problem(answered(api.GET("/api/v1/posts")))).unanswered).toBe(true);
  });

  it("stays an abort when it was aborted", async () => {
    serve({ "GET /api/v1/posts": () => Promise.reject(new DOMException("no longer wanted", "AbortError")) });
    await expect(answered(api.GET("/api/v1/posts"))).rejects.toMatchObject({ name: "AbortError" });
  });
});
