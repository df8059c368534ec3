// Asks a person whether an unconfirmed delivery was published: they look at the platform and say what they see.
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { resolveDelivery, usePostChange, type Resolution } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { Problem } from "@/api/problem";
import { useMessages } from "@/i18n/useMessages";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./LiveProgress.module.css";

export function ResolveDelivery({ post, delivery, label }: { post: Post; delivery: string; label: string }) {
  const { t } = useMessages();
  const action = usePostChange(post);
  const [isPublished, setPublished] = useState(false);
  const [link, setLink] = useState("");
  const resolve = (as: Resolution, url: string | null = null) => action.mutate(resolveDelivery(delivery, as, url));
  const wrongLink = action.error instanceof Problem ? action.error.entriesAt("/post_url")[0]?.detail : undefined;
  return (
    <Stack gap="xs" className={styles["resolve"]} role="group" aria-label={t("post:resolve.label", { label })}>
      <Text size="sm">{t("post:resolve.hint", { label })}</Text>
      {isPublished ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            resolve("published", link.trim() || null);
          }}
        >
          <Stack gap="xs">
            <TextInput
              type="url"
              label={t("post:resolve.link")}
              description={t("post:resolve.linkHint")}
              value={link}
              error={wrongLink}
              onChange={(event) => setLink(event.currentTarget.value)}
              data-autofocus
            />
            <Group gap="sm">
              <Button type="submit" loading={action.isPending} className={styles["button"]}>
                {t("post:resolve.confirm")}
              </Button>
              <Button variant="subtle" className={styles["button"]} onClick={() => setPublished(false)}>
                {t("post:back")}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Group gap="sm">
          <Button variant="default" className={styles["button"]} onClick={() => setPublished(true)}>
            {t("post:resolve.published")}
          </Button>
          <Button
            variant="default"
            className={styles["button"]}
            loading={action.isPending}
            onClick={() => resolve("retry")}
          >
            {t("post:resolve.retry")}
          </Button>
          <Button
            variant="default"
            className={styles["button"]}
            disabled={action.isPending}
            onClick={() => resolve("cancelled")}
          >
            {t("post:resolve.cancel")}
          </Button>
        </Group>
      )}
      {wrongLink === undefined && <ProblemAlert error={action.error} />}
    </Stack>
  );
}
