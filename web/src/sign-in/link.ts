// The one-time links: `/sign-in#<token>`, which `araldo up` prints, and `/invitation#<token>`.

type LinkPath = "/sign-in" | "/invitation";

const capturedTokens = new Map<string, string>();

/** Remember the token and remove it from the address, so that it stays in no history, screenshot or copied address. */
export function captureLinkToken(
  location: Pick<Location, "pathname" | "search" | "hash">,
  history: Pick<History, "replaceState">,
): void {
  const token = location.hash.replace(/^#/, "");
  if (!["/sign-in", "/invitation"].includes(location.pathname) || token === "") return;
  capturedTokens.set(location.pathname, token);
  history.replaceState(null, "", location.pathname + location.search);
}

/** Return the token of a link to this path and forget it, because it works once. */
export function takeLinkToken(path: LinkPath): string | null {
  const token = capturedTokens.get(path) ?? null;
  capturedTokens.delete(path);
  return token;
}

/** Return whether the value is a path of this studio, which a sign-in may redirect to. */
export function isLocalPath(value: unknown): value is string {
  if (typeof value !== "string" || !value.startsWith("/")) return false;
  // Browsers treat "//host" and "/\host" as another origin.
  return new URL(value, "http://own.invalid").origin === "http://own.invalid";
}

/** `next`: where to go after signing in; left out where it is no path of the studio. */
export function parseNext(search: Record<string, unknown>): { next?: string } {
  return isLocalPath(search["next"]) ? { next: search["next"] } : {};
}
