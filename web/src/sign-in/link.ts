// The one-time link that `araldo run` and `araldo up` print: `/sign-in#<token>`.

let noticed: string | null = null;

/** Takes the token out of the address at once, so that it stays in no history, screenshot or copied address. */
export function noticeLink(
  location: Pick<Location, "pathname" | "search" | "hash">,
  history: Pick<History, "replaceState">,
): void {
  const token = location.hash.replace(/^#/, "");
  if (location.pathname !== "/sign-in" || token === "") return;
  noticed = token;
  history.replaceState(null, "", location.pathname + location.search);
}

/** The token, once: it is good for one sign-in. */
export function takeLink(): string | null {
  const link = noticed;
  noticed = null;
  return link;
}

/** A path of this studio: where a sign-in may lead, whoever wrote the address. */
export function isOwnPath(value: unknown): value is string {
  if (typeof value !== "string" || !value.startsWith("/")) return false;
  // Browsers read "//host" and "/\host" as another place.
  return new URL(value, "http://own.invalid").origin === "http://own.invalid";
}
