// Marks a post that is one of a series.
import { VisuallyHidden } from "@mantine/core";
import { Repeat } from "lucide-react";

import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";

export function SeriesMark({ post }: { post: Pick<Post, "series"> }) {
  const { t } = useMessages();
  if (post.series === null) return null;
  return (
    <span title={t("post:repeat.mark")}>
      <Repeat size={12} aria-hidden />
      <VisuallyHidden>{t("post:repeat.mark")}</VisuallyHidden>
    </span>
  );
}
