// Asks before a published post is deleted: it stays public on the platforms.
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { platformsQuery } from "@/api/platforms";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import type { useDeletePost } from "@/posts/useDeletePost";
import { deliveryLabel } from "@/ui/post/deliveryLabel";
import { ConfirmDialog } from "@/ui/ConfirmDialog";

interface Props {
  post: Post;
  deletion: ReturnType<typeof useDeletePost>;
  close: () => void;
}

export function DeleteDialog({ post, deletion, close }: Props) {
  const { t, language } = useMessages();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const labelsOf = (deliveryState: string) => {
    const deliveries = post.platforms.filter(({ state }) => state === deliveryState);
    return new Intl.ListFormat(language).format(deliveries.map((result) => deliveryLabel(post, result, platforms)));
  };
  const [published, unconfirmed] = [labelsOf("published"), labelsOf("unconfirmed")];
  return (
    <ConfirmDialog
      title={t("posts:delete.title")}
      confirmLabel={t("posts:delete.confirm")}
      cancelLabel={t("posts:delete.keep")}
      isPending={deletion.isPending}
      error={deletion.error}
      onConfirm={() => deletion.mutate()}
      close={close}
    >
      {published !== "" && <Text>{t("posts:delete.staysPublic", { labels: published })}</Text>}
      {unconfirmed !== "" && <Text>{t("posts:delete.mayBePublic", { labels: unconfirmed })}</Text>}
    </ConfirmDialog>
  );
}
