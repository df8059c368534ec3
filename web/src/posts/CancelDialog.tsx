// Asked before a post is cancelled: where it has not gone out yet, it will not.
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { labelOf, platformsQuery } from "@/api/platforms";
import { cancel, usePostAction } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { mayBeCancelled } from "@/ui/post/possible";

export function CancelDialog({ post, close }: { post: Post; close: () => void }) {
  const { t, language } = useWords();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const act = usePostAction(post);
  const open = post.platforms.filter(({ state }) => mayBeCancelled(state));
  const labels = new Intl.ListFormat(language).format(open.map(({ platform }) => labelOf(platforms, platform)));
  return (
    <ConfirmDialog
      title={t("posts:cancelling.title")}
      confirm={t("posts:cancelling.confirm")}
      keep={t("posts:cancelling.keep")}
      busy={act.isPending}
      error={act.error}
      act={() => act.mutate(cancel, { onSuccess: close })}
      close={close}
    >
      <Text>{open.length > 0 ? t("posts:cancelling.says", { labels }) : t("posts:cancelling.tooLate")}</Text>
    </ConfirmDialog>
  );
}
