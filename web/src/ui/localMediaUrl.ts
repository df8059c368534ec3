// Pictures have the address that the internet knows this server by; here they come from wherever this page came from.

/** The path of one of our own media, from whatever host it was written with; anything else as it is. */
export function ownAddress(url: string, here: string = globalThis.location.origin): string {
  const parsed = new URL(url, here);
  return parsed.pathname.startsWith("/media/") ? parsed.pathname + parsed.search : url;
}
