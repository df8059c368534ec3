// What is shown of a post that uses a picture.
import { useQuery } from "@tanstack/react-query";

import { platformLabel, platformsQuery } from "@/api/platforms";
import { postQuery } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import type { PostUse } from "@/media/groupUses";
import { postTitle } from "@/ui/post/title";
import { stateLabel } from "@/ui/StatusBadge";

/** Return the post's title, and its platforms with their states as one line. */
export function usePostUse(use: PostUse): { title: string; places: string } {
  const { t } = useMessages();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const { data: post } = useQuery(postQuery(use.postId));
  const places = use.places.map(
    ({ platform, state }) => `${platformLabel(platforms, platform)}: ${stateLabel(state, t)}`,
  );
  return { title: (post && postTitle(post)) || t("media:uses.post"), places: places.join(" · ") };
}
