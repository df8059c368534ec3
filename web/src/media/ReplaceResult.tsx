// What replacing a picture did: the posts that show the new one, and those that do not, with the reason.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { MediumReplaced } from "@/api/media";
import { postQuery } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { Notice } from "@/ui/Notice";
import { postTitle } from "@/ui/post/title";

import styles from "./Media.module.css";

export function ReplaceResult({ result, open }: { result: MediumReplaced; open: (mediumId: string) => void }) {
  const { t } = useMessages();
  const replaced = result.posts.filter((post) => post.replaced);
  const refused = result.posts.filter((post) => !post.replaced);
  return (
    <Stack>
      <Text role="status">
        {[
          replaced.length === 0 ? t("media:replace.done") : t("media:replace.doneIn", { count: replaced.length }),
          result.removed ? t("media:replace.removed") : t("media:replace.kept"),
        ].join(" ")}
      </Text>
      {result.detail && refused.length === 0 && <Notice tone="plain">{result.detail}</Notice>}
      {refused.length > 0 && (
        <Notice tone="warn" title={t("media:replace.refused")}>
          <ul className={styles["uses"]}>
            {refused.map((post) => (
              <RefusedPost key={post.post_id} postId={post.post_id} why={post.detail ?? ""} />
            ))}
          </ul>
        </Notice>
      )}
      <Group>
        <Button className={styles["button"]} data-autofocus onClick={() => open(result.medium.id)}>
          {t("media:replace.open")}
        </Button>
      </Group>
    </Stack>
  );
}

function RefusedPost({ postId, why }: { postId: string; why: string }) {
  const { t } = useMessages();
  const { data: post } = useQuery(postQuery(postId));
  return (
    <li>
      <Link to="/posts/$id" params={{ id: postId }}>
        {(post && postTitle(post)) || t("media:uses.post")}
      </Link>
      <Text size="sm">{why}</Text>
    </li>
  );
}
