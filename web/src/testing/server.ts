// A stub for the network: answers by method and path, and records the requests.
import { vi } from "vitest";

export interface RecordedRequest {
  method: string;
  path: string;
  headers: Headers;
  body: unknown;
}

type Answer = Response | ((request: Request) => Response | Promise<Response>);

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const type = status < 400 ? "application/json" : "application/problem+json";
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": type, ...headers } });
}

/** Answer by `GET /api/v1/posts` (without the query) and return the recorded requests; any other request fails. */
export function stubServer(answers: Record<string, Answer>): RecordedRequest[] {
  const requests: RecordedRequest[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname;
    const text = await request.clone().text();
    requests.push({
      method: request.method,
      path,
      headers: request.headers,
      body: text ? (JSON.parse(text) as unknown) : null,
    });
    const answer = answers[`${request.method} ${path}`];
    if (answer === undefined) throw new Error(`nothing answers ${request.method} ${path}`);
    return typeof answer === "function" ? answer(request) : answer.clone();
  });
  return requests;
}

/** Fail every request, as when the server is down. */
export function stubOffline(): void {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
}
