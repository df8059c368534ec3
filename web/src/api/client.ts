// The one way to the server: typed by its description, with the session's cookie and CSRF token, and problems as errors.
import createClient, { type FetchResponse, type Middleware } from "openapi-fetch";

import { Problem, problemOf } from "@/api/problem";
import type { paths } from "@/api/schema";
import { spoken } from "@/i18n/language";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** What calls carry of a session: its token, and the workspace that this page is in. */
export interface Carried {
  csrf_token: string;
  workspace: { id: string };
}

let carried: Carried | null = null;

export function carry(session: Carried | null): void {
  carried = session;
}

/** Another window has moved the session on to another workspace, and this page shows the one that was left. */
export function wasMoved(session: Carried): boolean {
  return carried !== null && carried.workspace.id !== session.workspace.id;
}

/** What every call carries besides its cookie; for the few that cannot go through `api`. */
export function sessionHeaders(method: string): Record<string, string> {
  const language = { "Accept-Language": spoken() };
  if (carried === null) return language;
  const here = { ...language, "X-Workspace": carried.workspace.id };
  return SAFE.has(method) ? here : { ...here, "X-CSRF-Token": carried.csrf_token };
}

const session: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(sessionHeaders(request.method))) request.headers.set(name, value);
    return request;
  },
};

export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  credentials: "same-origin",
  // Looked up at each call, so that tests can stand in for the network.
  fetch: (request) => globalThis.fetch(request),
});
api.use(session);

/**
 * The body of a good answer, else a `Problem`: `await answered(api.GET("/api/v1/posts"))`.
 * An aborted call stays an AbortError.
 */
export async function answered<T extends Record<string | number, unknown>, O, M extends `${string}/${string}`>(
  call: Promise<FetchResponse<T, O, M>>,
): Promise<NonNullable<FetchResponse<T, O, M>["data"]>> {
  return (await whole(call)).data as NonNullable<FetchResponse<T, O, M>["data"]>;
}

/** As `answered`, with the answer's head as well: for its ETag, Location or status. */
export async function whole<T extends Record<string | number, unknown>, O, M extends `${string}/${string}`>(
  call: Promise<FetchResponse<T, O, M>>,
): Promise<{ data: FetchResponse<T, O, M>["data"]; response: Response }> {
  let given: FetchResponse<T, O, M>;
  try {
    given = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Problem({ status: 0, code: "no_answer", detail: "" }, { cause });
  }
  if (!given.response.ok) throw problemOf(given.response, given.error);
  return { data: given.data, response: given.response };
}
