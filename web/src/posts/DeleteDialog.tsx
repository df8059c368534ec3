// Asked before a post is deleted that is out somewhere: it stays there, and only Araldo forgets it.
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { labelOf, platformsQuery } from "@/api/platforms";
import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import type { useRemovePost } from "@/posts/useRemovePost";
import { ConfirmDialog } from "@/ui/ConfirmDialog";

interface Props {
  post: Post;
  removal: ReturnType<typeof useRemovePost>;
  close: () => void;
}

export function DeleteDialog({ post, removal, close }: Props) {
  const { t, language } = useWords();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const labelsOf = (wanted: string) => {
    const found = post.platforms.filter(({ state }) => state === wanted);
    return new Intl.ListFormat(language).format(found.map(({ platform }) => labelOf(platforms, platform)));
  };
  const [out, unsure] = [labelsOf("published"), labelsOf("unconfirmed")];
  return (
    <ConfirmDialog
      title={t("posts:deleting.title")}
      confirm={t("posts:deleting.confirm")}
      keep={t("posts:deleting.keep")}
      busy={removal.isPending}
      error={removal.error}
      act={() => removal.mutate()}
      close={close}
    >
      {out !== "" && <Text>{t("posts:deleting.stays", { labels: out })}</Text>}
      {unsure !== "" && <Text>{t("posts:deleting.mayStay", { labels: unsure })}</Text>}
    </ConfirmDialog>
  );
}
