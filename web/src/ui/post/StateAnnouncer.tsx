// Announces each delivery's change of state to screen readers, politely and once.
import { VisuallyHidden } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import type { Platform } from "@/api/platforms";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { deliveryLabel } from "@/ui/post/deliveryLabel";
import { stateLabel } from "@/ui/StatusBadge";

export function StateAnnouncer({ post, platforms }: { post: Post; platforms: readonly Platform[] }) {
  const { t } = useMessages();
  const [announcement, setAnnouncement] = useState("");
  const previous = useRef<Map<string, string> | null>(null);
  useEffect(() => {
    const now = new Map(post.platforms.map(({ id, state }) => [id, state]));
    const known = previous.current;
    previous.current = now;
    const changed = known === null ? [] : post.platforms.filter(({ id, state }) => known.get(id) !== state);
    if (changed.length === 0) return;
    setAnnouncement(
      changed.map((one) => `${deliveryLabel(post, one, platforms)}: ${stateLabel(one.state, t)}`).join(". "),
    );
  }, [post, platforms, t]);
  return (
    <VisuallyHidden aria-live="polite" data-testid="announced">
      {announcement}
    </VisuallyHidden>
  );
}
