// The platforms that a post goes to, as text.
import { useQuery } from "@tanstack/react-query";

import { platformsQuery } from "@/api/platforms";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { deliveryLabel } from "@/ui/post/deliveryLabel";

export function PlatformNames({ post }: { post: Post }) {
  const { t } = useMessages();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const labels = post.platforms.map((result) => deliveryLabel(post, result, platforms));
  return <>{labels.join(" · ") || t("post:noPlatform")}</>;
}
