// The URLs of this server's media, which the API gives with the server's public host.

/** Return the path of a media URL of this server, which loads from the page's own origin; any other URL unchanged. */
export function localMediaUrl(url: string, origin: string = globalThis.location.origin): string {
  const parsed = new URL(url, origin);
  return parsed.pathname.startsWith("/media/") ? parsed.pathname + parsed.search : url;
}
