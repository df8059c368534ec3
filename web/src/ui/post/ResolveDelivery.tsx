// Something was sent and nobody can tell whether it is out: a person looks at the platform, and says what they saw.
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { decide, usePostAction, type Decision } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { Problem } from "@/api/problem";
import { useWords } from "@/i18n/useWords";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./LiveProgress.module.css";

export function Decide({ post, platform, label }: { post: Post; platform: string; label: string }) {
  const { t } = useWords();
  const act = usePostAction(post);
  const [isOut, sayItIsOut] = useState(false);
  const [link, setLink] = useState("");
  const answer = (as: Decision, seen: string | null = null) => act.mutate(decide(platform, as, seen));
  const wrongLink = act.error instanceof Problem ? act.error.at("/post_url")[0]?.detail : undefined;
  return (
    <Stack gap="xs" className={styles["decide"]} role="group" aria-label={t("post:decide.label", { label })}>
      <Text size="sm">{t("post:decide.look", { label })}</Text>
      {isOut ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            answer("published", link.trim() || null);
          }}
        >
          <Stack gap="xs">
            <TextInput
              type="url"
              label={t("post:decide.link")}
              description={t("post:decide.linkHint")}
              value={link}
              error={wrongLink}
              onChange={(event) => setLink(event.currentTarget.value)}
              data-autofocus
            />
            <Group gap="sm">
              <Button type="submit" loading={act.isPending} className={styles["button"]}>
                {t("post:decide.confirmOut")}
              </Button>
              <Button variant="subtle" className={styles["button"]} onClick={() => sayItIsOut(false)}>
                {t("post:back")}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Group gap="sm">
          <Button variant="default" className={styles["button"]} onClick={() => sayItIsOut(true)}>
            {t("post:decide.out")}
          </Button>
          <Button
            variant="default"
            className={styles["button"]}
            loading={act.isPending}
            onClick={() => answer("retry")}
          >
            {t("post:decide.again")}
          </Button>
          <Button
            variant="default"
            className={styles["button"]}
            disabled={act.isPending}
            onClick={() => answer("cancelled")}
          >
            {t("post:decide.drop")}
          </Button>
        </Group>
      )}
      {wrongLink === undefined && <ProblemAlert error={act.error} />}
    </Stack>
  );
}
