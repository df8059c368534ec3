// One platform of a post: where it stands, in words; its link once it is out; and what a person can do.
import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { ExternalLink, ImageOff, Plug, RotateCcw } from "lucide-react";

import { retry, usePostAction } from "@/api/post-actions";
import type { PlatformResult, Post } from "@/api/posts";
import type { Key } from "@/i18n/keys";
import { useWords } from "@/i18n/useWords";
import { LinkButton } from "@/ui/LinkButton";
import { Decide } from "@/ui/post/Decide";
import { mayBeRetried } from "@/ui/post/possible";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { PictureBadge, StatusBadge } from "@/ui/StatusBadge";
import { steadyAddress } from "@/ui/steadyAddress";

import styles from "./LiveProgress.module.css";

interface Props {
  post: Post;
  result: PlatformResult;
  label: string;
  account: string | null;
}

const DOING: Record<string, Key> = {
  queued: "post:doing.queued",
  preparing: "post:doing.preparing",
  waiting: "post:doing.waiting",
  publishing: "post:doing.publishing",
};
const PICTURE_TOLD = new Set(["queued", "making", "failed", "stale"]);

export function DeliveryRow({ post, result, label, account }: Props) {
  const { t } = useWords();
  const doing = DOING[result.state];
  return (
    <li className={styles["row"]} aria-label={label}>
      <Thumbnail result={result} />
      <Stack gap="xs" className={styles["words"]}>
        <Group gap="sm" justify="space-between">
          <div>
            <Text fw={650}>{label}</Text>
            {account !== null && (
              <Text size="sm" c="dimmed">
                {account}
              </Text>
            )}
          </div>
          <StatusBadge state={result.state} />
        </Group>
        {doing && result.error === null && (
          <Text size="sm" c="dimmed">
            {t(doing)}
          </Text>
        )}
        {result.error !== null && <Text size="sm">{result.error}</Text>}
        {result.state !== "published" && PICTURE_TOLD.has(result.image_state) && (
          <Group gap="xs">
            <Text size="sm">{t("post:picture")}</Text>
            <PictureBadge state={result.image_state} />
          </Group>
        )}
        {result.post_url !== null && (
          <Anchor href={result.post_url} target="_blank" rel="noreferrer" className={styles["link"]}>
            {t("post:see", { label })} <ExternalLink size={16} aria-hidden />
          </Anchor>
        )}
        <Mend post={post} result={result} label={label} />
      </Stack>
    </li>
  );
}

function Thumbnail({ result }: { result: PlatformResult }) {
  return (
    <div className={styles["thumbnail"]}>
      {result.image_url === null ? (
        <ImageOff size={20} aria-hidden />
      ) : (
        <img src={steadyAddress(result.image_url)} alt={result.image_alt ?? ""} loading="lazy" />
      )}
    </div>
  );
}

/** What can be done about a platform that is not out; nothing, where nothing is to be done. */
function Mend({ post, result, label }: Omit<Props, "account">) {
  const { t } = useWords();
  const act = usePostAction(post);
  return (
    <>
      {(mayBeRetried(result.state) || result.may_be_decided) && (
        <Group gap="sm">
          {result.state === "needs_reconnect" && (
            <LinkButton
              to="/accounts"
              search={{ next: `/posts/${post.job_id}` }}
              leftSection={<Plug size={18} aria-hidden />}
              className={styles["button"]}
            >
              {t("post:reconnect")}
            </LinkButton>
          )}
          {mayBeRetried(result.state) && (
            <Button
              variant="default"
              leftSection={<RotateCcw size={18} aria-hidden />}
              className={styles["button"]}
              loading={act.isPending}
              onClick={() => act.mutate(retry([result.platform]))}
            >
              {t("post:retryOne", { label })}
            </Button>
          )}
        </Group>
      )}
      <ProblemAlert error={act.error} />
      {result.may_be_decided && <Decide post={post} platform={result.platform} label={label} />}
    </>
  );
}
