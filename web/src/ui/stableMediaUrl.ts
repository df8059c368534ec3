// A URL for a picture that stays the same although every answer signs it again, so that browsers do not reload it.
import { localMediaUrl } from "@/ui/localMediaUrl";

/** URLs are signed for 48 hours. */
const REUSED_MS = 24 * 60 * 60 * 1000;

const seen = new Map<string, { localUrl: string; since: number }>();

/** Return the first URL seen for this picture, local to the page. The content of a picture never changes. */
export function stableMediaUrl(url: string, now: number = Date.now()): string {
  const localUrl = localMediaUrl(url);
  const [path = localUrl] = localUrl.split("?");
  const earlier = seen.get(path);
  if (earlier && now - earlier.since < REUSED_MS) return earlier.localUrl;
  seen.set(path, { localUrl, since: now });
  return localUrl;
}

/** Return the URL of a small copy of this picture, for lists: at most 480 pixels a side. */
export function thumbnailUrl(url: string): string {
  return `${stableMediaUrl(url)}&size=small`;
}
