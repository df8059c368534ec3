// The API client: headers, answers, and problems.
import { describe, expect, it } from "vitest";

import { unwrap, api, setSession, unwrapWithResponse } from "@/api/client";
import { Problem } from "@/api/problem";
import { initI18n, setLanguage } from "@/i18n/language";
import { stubOffline, json, stubServer } from "@/testing/server";

async function problem(call: Promise<unknown>): Promise<Problem> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Problem)) throw new Error(`not a problem: ${String(error)}`);
  return error;
}

describe("a call", () => {
  it("sends the CSRF token only when it changes something", async () => {
    const requests = stubServer({
      "GET /api/v1/posts": json({ data: [] }),
      "POST /api/v1/posts": json({ id: "post_1" }, 201),
    });
    setSession({ csrf_token: "t0k", workspace: { id: "wsp_1" } });
    await unwrap(api.GET("/api/v1/posts"));
    await unwrap(api.POST("/api/v1/posts", { body: {} as never }));
    expect(requests.map(({ headers }) => headers.get("X-CSRF-Token"))).toEqual([null, "t0k"]);
    setSession(null);
    await unwrap(api.POST("/api/v1/posts", { body: {} as never }));
    expect(requests[2]?.headers.get("X-CSRF-Token")).toBeNull();
  });

  it("sends the language in use", async () => {
    const requests = stubServer({ "GET /api/v1/posts": json({ data: [] }) });
    await initI18n();
    await setLanguage("it");
    await unwrap(api.GET("/api/v1/posts"));
    expect(requests[0]?.headers.get("Accept-Language")).toBe("it");
  });

  it("returns the body, and the response on request", async () => {
    stubServer({ "GET /api/v1/posts": json({ data: [], next_cursor: null }, 200, { ETag: '"7"' }) });
    expect(await unwrap(api.GET("/api/v1/posts"))).toEqual({ data: [], next_cursor: null });
    expect((await unwrapWithResponse(api.GET("/api/v1/posts"))).response.headers.get("ETag")).toBe('"7"');
  });

  it("throws a problem with its fields", async () => {
    const entry = { pointer: "/hashtags/3", code: "too_long", detail: "Too long.", platform: "instagram" };
    const body = { code: "invalid", detail: "Not valid.", status: 422, request_id: "req_1", errors: [entry] };
    stubServer({ "POST /api/v1/posts": json(body, 422, { "Retry-After": "7" }) });
    const found = await problem(unwrap(api.POST("/api/v1/posts", { body: {} as never })));
    expect(found).toMatchObject({
      status: 422,
      code: "invalid",
      detail: "Not valid.",
      requestId: "req_1",
      retryAfterS: 7,
    });
    expect(found.entriesAt("/hashtags")).toEqual([{ ...entry, suggestions: [] }]);
    expect(found.entriesAt("/hash")).toEqual([]);
  });

  it("throws a problem for a proxy's HTML", async () => {
    stubServer({ "GET /api/v1/posts": new Response("<h1>Bad gateway</h1>", { status: 502 }) });
    expect(await problem(unwrap(api.GET("/api/v1/posts")))).toMatchObject({
      status: 502,
      code: "unexpected",
      errors: [],
    });
  });

  it("throws an unanswered problem when no answer came", async () => {
    stubOffline();
    expect((await problem(unwrap(api.GET("/api/v1/posts")))).unanswered).toBe(true);
  });

  it("throws an AbortError when it was aborted", async () => {
    stubServer({ "GET /api/v1/posts": () => Promise.reject(new DOMException("no longer wanted", "AbortError")) });
    await expect(unwrap(api.GET("/api/v1/posts"))).rejects.toMatchObject({ name: "AbortError" });
  });
});
