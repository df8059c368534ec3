// One delivery of a post: its state, its link once published, and what a person can do.
import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { ExternalLink, ImageOff, Plug, RotateCcw } from "lucide-react";

import { retryPost, usePostChange } from "@/api/post-actions";
import type { PlatformResult, Post } from "@/api/posts";
import type { MessageKey } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";
import { LinkButton } from "@/ui/LinkButton";
import { ResolveDelivery } from "@/ui/post/ResolveDelivery";
import { canDo } from "@/ui/post/availableActions";
import { isRemade } from "@/ui/post/isRemade";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { PictureBadge, StatusBadge } from "@/ui/StatusBadge";
import { thumbnailUrl } from "@/ui/stableMediaUrl";

import styles from "./LiveProgress.module.css";

interface Props {
  post: Post;
  result: PlatformResult;
  /** The platform, with the account where the post goes to several there. */
  label: string;
  platform: string;
}

const ACTIVITY: Record<string, MessageKey> = {
  queued: "post:doing.queued",
  preparing: "post:doing.preparing",
  waiting: "post:doing.waiting",
  publishing: "post:doing.publishing",
};
const SHOWN_PICTURE_STATES = new Set(["queued", "making", "failed", "stale"]);

export function DeliveryRow({ post, result, label, platform }: Props) {
  const { t } = useMessages();
  const activity = ACTIVITY[result.state];
  return (
    <li className={styles["row"]} aria-label={label}>
      <Thumbnail result={result} />
      <Stack gap="xs" className={styles["words"]}>
        <Group gap="sm" justify="space-between">
          <div>
            <Text fw={650}>{platform}</Text>
            {result.account !== null && (
              <Text size="sm" c="dimmed">
                {result.account.name}
              </Text>
            )}
          </div>
          <StatusBadge state={result.state} />
        </Group>
        {activity && result.error === null && (
          <Text size="sm" c="dimmed">
            {t(activity)}
          </Text>
        )}
        {result.error !== null && <Text size="sm">{result.error}</Text>}
        {result.state !== "published" && SHOWN_PICTURE_STATES.has(result.image_state) && (
          <Group gap="xs">
            <Text size="sm">{t("post:picture")}</Text>
            <PictureBadge state={result.image_state} />
          </Group>
        )}
        {isRemade(result) && <Text size="sm">{t("post:pictureRemade")}</Text>}
        {result.post_url !== null && (
          <Anchor href={result.post_url} target="_blank" rel="noreferrer" className={styles["link"]}>
            {t("post:see", { label })} <ExternalLink size={16} aria-hidden />
          </Anchor>
        )}
        <RecoveryActions post={post} result={result} label={label} />
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
        <img src={thumbnailUrl(result.image_url)} alt={result.image_alt ?? ""} loading="lazy" />
      )}
    </div>
  );
}

/** The actions for a delivery that is not published; renders nothing where there are none. */
function RecoveryActions({ post, result, label }: Omit<Props, "platform">) {
  const { t } = useMessages();
  const action = usePostChange(post);
  return (
    <>
      {(canDo(result, "retry") || canDo(result, "resolve")) && (
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
          {canDo(result, "retry") && (
            <Button
              variant="default"
              leftSection={<RotateCcw size={18} aria-hidden />}
              className={styles["button"]}
              loading={action.isPending}
              onClick={() => action.mutate(retryPost([result.id]))}
            >
              {t("post:retry", { label })}
            </Button>
          )}
        </Group>
      )}
      <ProblemAlert error={action.error} />
      {canDo(result, "resolve") && <ResolveDelivery post={post} delivery={result.id} label={label} />}
    </>
  );
}
