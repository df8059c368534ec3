// Asks before a post is cancelled, and names where it will not be published.
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { platformsQuery } from "@/api/platforms";
import { cancelPost, usePostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { canDo } from "@/ui/post/availableActions";
import { deliveryLabel } from "@/ui/post/deliveryLabel";

export function CancelDialog({ post, close }: { post: Post; close: () => void }) {
  const { t, language } = useMessages();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const action = usePostChange(post);
  const cancellable = post.platforms.filter((result) => canDo(result, "cancel"));
  const labels = new Intl.ListFormat(language).format(
    cancellable.map((result) => deliveryLabel(post, result, platforms)),
  );
  return (
    <ConfirmDialog
      title={t("posts:cancel.title")}
      confirmLabel={t("posts:cancel.confirm")}
      cancelLabel={t("posts:cancel.keep")}
      isPending={action.isPending}
      error={action.error}
      onConfirm={() => action.mutate(cancelPost, { onSuccess: close })}
      close={close}
    >
      <Text>{cancellable.length > 0 ? t("posts:cancel.hint", { labels }) : t("posts:cancel.tooLate")}</Text>
    </ConfirmDialog>
  );
}
