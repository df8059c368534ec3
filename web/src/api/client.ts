// The API client: typed by the OpenAPI schema, with the session's cookie and CSRF token, and problems as errors.
import createClient, { type FetchResponse, type Middleware } from "openapi-fetch";

import { Problem, toProblem } from "@/api/problem";
import type { paths } from "@/api/schema";
import { currentLanguage } from "@/i18n/language";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** What every call sends of the session: its CSRF token, and the workspace that this page shows. */
export interface SessionContext {
  csrf_token: string;
  workspace: { id: string };
}

let currentSession: SessionContext | null = null;

export function setSession(session: SessionContext | null): void {
  currentSession = session;
}

/** Return whether the session has moved to another workspace (in another window) than this page shows. */
export function isOtherWorkspace(session: SessionContext): boolean {
  return currentSession !== null && currentSession.workspace.id !== session.workspace.id;
}

/** Return the headers of every call; for the few calls that cannot use `api`. */
export function sessionHeaders(method: string): Record<string, string> {
  const language = { "Accept-Language": currentLanguage() };
  if (currentSession === null) return language;
  const inWorkspace = { ...language, "X-Workspace": currentSession.workspace.id };
  return SAFE.has(method) ? inWorkspace : { ...inWorkspace, "X-CSRF-Token": currentSession.csrf_token };
}

const sessionMiddleware: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(sessionHeaders(request.method))) request.headers.set(name, value);
    return request;
  },
};

export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  credentials: "same-origin",
  // Looked up at each call, so that tests can replace it.
  fetch: (request) => globalThis.fetch(request),
});
api.use(sessionMiddleware);

/**
 * Return the body of a successful answer, e.g. `await unwrap(api.GET("/api/v1/posts"))`.
 * Throw a `Problem` for any other answer or none, and an AbortError for an aborted call.
 */
export async function unwrap<T extends Record<string | number, unknown>, O, M extends `${string}/${string}`>(
  call: Promise<FetchResponse<T, O, M>>,
): Promise<NonNullable<FetchResponse<T, O, M>["data"]>> {
  return (await unwrapWithResponse(call)).data as NonNullable<FetchResponse<T, O, M>["data"]>;
}

/** As `unwrap`, with the response as well: for its ETag, Location or status. */
export async function unwrapWithResponse<
  T extends Record<string | number, unknown>,
  O,
  M extends `${string}/${string}`,
>(call: Promise<FetchResponse<T, O, M>>): Promise<{ data: FetchResponse<T, O, M>["data"]; response: Response }> {
  let result: FetchResponse<T, O, M>;
  try {
    result = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Problem({ status: 0, code: "no_answer", detail: "" }, { cause });
  }
  if (!result.response.ok) throw toProblem(result.response, result.error);
  return { data: result.data, response: result.response };
}
