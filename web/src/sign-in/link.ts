// The one-time link that `araldo run` and `araldo up` print: `/sign-in#<token>`.

let capturedToken: string | null = null;

/** Remember the token and remove it from the address, so that it stays in no history, screenshot or copied address. */
export function captureSignInToken(
  location: Pick<Location, "pathname" | "search" | "hash">,
  history: Pick<History, "replaceState">,
): void {
  const token = location.hash.replace(/^#/, "");
  if (location.pathname !== "/sign-in" || token === "") return;
  capturedToken = token;
  history.replaceState(null, "", location.pathname + location.search);
}

/** Return the token and forget it, because it is valid for one sign-in. */
export function takeSignInToken(): string | null {
  const token = capturedToken;
  capturedToken = null;
  return token;
}

/** Return whether the value is a path of this studio, which a sign-in may redirect to. */
export function isLocalPath(value: unknown): value is string {
  if (typeof value !== "string" || !value.startsWith("/")) return false;
  // Browsers treat "//host" and "/\host" as another origin.
  return new URL(value, "http://own.invalid").origin === "http://own.invalid";
}
