// What a bulk action did, and each post that it left as it was, with the reason.
import { Button, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { useMessages } from "@/i18n/useMessages";
import type { BulkResult } from "@/posts/bulk";
import { Notice } from "@/ui/Notice";
import { postTitle } from "@/ui/post/title";
import { problemMessage } from "@/ui/ProblemAlert";

import styles from "./PostsPage.module.css";

export function BulkReport({ result, dismiss }: { result: BulkResult; dismiss: () => void }) {
  const { t } = useMessages();
  const { action, done, failed } = result;
  return (
    <Notice tone={failed.length > 0 ? "warn" : "good"} announced>
      <Stack gap="xs" align="start">
        {done.length > 0 && <Text size="sm">{t(`posts:bulk.done.${action.name}`, { count: done.length })}</Text>}
        {failed.length > 0 && (
          <>
            <Text size="sm" fw={650}>
              {t("posts:bulk.failed", { count: failed.length })}
            </Text>
            <ul className={styles["failed"]}>
              {failed.map(({ post, error }) => (
                <li key={post.job_id}>
                  <Link to="/posts/$id" params={{ id: post.job_id }}>
                    {postTitle(post) || t("post:untitled")}
                  </Link>
                  {": "}
                  {error === null ? t("posts:bulk.notApplicable") : problemMessage(error, t)}
                </li>
              ))}
            </ul>
          </>
        )}
        <Button variant="default" mih="2.75rem" onClick={dismiss}>
          {t("posts:bulk.dismiss")}
        </Button>
      </Stack>
    </Notice>
  );
}
