// Tells screen readers of each platform's change of state, once and politely; where it stood at first is on the page.
import { VisuallyHidden } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import { labelOf, type Platform } from "@/api/platforms";
import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { stateWords } from "@/ui/StatusBadge";

export function Announced({ post, platforms }: { post: Post; platforms: readonly Platform[] }) {
  const { t } = useWords();
  const [said, say] = useState("");
  const before = useRef<Map<string, string> | null>(null);
  useEffect(() => {
    const now = new Map(post.platforms.map(({ platform, state }) => [platform, state]));
    const known = before.current;
    before.current = now;
    const changed = known === null ? [] : [...now].filter(([platform, state]) => known.get(platform) !== state);
    if (changed.length === 0) return;
    say(changed.map(([platform, state]) => `${labelOf(platforms, platform)}: ${stateWords(state, t)}`).join(". "));
  }, [post, platforms, t]);
  return (
    <VisuallyHidden aria-live="polite" data-testid="announced">
      {said}
    </VisuallyHidden>
  );
}
