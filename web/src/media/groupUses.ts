// The deliveries that show a picture, by post. Pure.
import type { MediumDetail } from "@/api/media";

type Use = Omit<MediumDetail["used_by"][number], "open">;

export interface PostUse {
  postId: string;
  /** Each platform and state once, in the server's order. */
  places: readonly Pick<Use, "platform" | "state">[];
}

export function groupUses(uses: readonly Use[]): readonly PostUse[] {
  const groups = new Map<string, Pick<Use, "platform" | "state">[]>();
  for (const { post_id, platform, state } of uses) {
    const places = groups.get(post_id) ?? [];
    if (!places.some((place) => place.platform === platform && place.state === state)) places.push({ platform, state });
    groups.set(post_id, places);
  }
  return [...groups].map(([postId, places]) => ({ postId, places }));
}
