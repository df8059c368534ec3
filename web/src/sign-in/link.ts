// The one-time link that `araldo run` and `araldo up` print: `/sign-in#link=<token>`.

let noticed: string | null = null;

/** Takes the token out of the address at once, so that it stays in no history, screenshot or copied address. */
export function noticeLink(location: Pick<Location, "pathname" | "search" | "hash">, history: Pick<History, "replaceState">): void {
  if (location.pathname !== "/sign-in" || location.hash.length < 2) return;
  noticed = tokenOf(location.hash);
  history.replaceState(null, "", location.pathname + location.search);
}

/** The token, once: it is good for one sign-in. */
export function takeLink(): string | null {
  const link = noticed;
  noticed = null;
  return link;
}

export function tokenOf(hash: string): string | null {
  const bare = hash.replace(/^#/, "");
  const named = new URLSearchParams(bare).get("link");
  if (named) return named;
  return bare !== "" && !bare.includes("=") ? bare : null;
}

/** A path of this studio: where a sign-in may lead, whoever wrote the address. */
export function isOwnPath(value: unknown): value is string {
  if (typeof value !== "string" || !value.startsWith("/")) return false;
  // Browsers read "//host" and "/\host" as another place.
  return new URL(value, "http://own.invalid").origin === "http://own.invalid";
}
