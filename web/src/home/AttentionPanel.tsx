// What needs a person: accounts with problems, and posts that were not published everywhere.
import { Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";

import type { Account } from "@/api/accounts";
import type { Post } from "@/api/posts";
import { ApprovalList } from "@/home/ApprovalList";
import { attentionReason } from "@/home/attention";
import { SeeAll } from "@/home/SeeAll";
import { useMessages } from "@/i18n/useMessages";
import { HealthBadge } from "@/ui/HealthBadge";
import { LinkButton } from "@/ui/LinkButton";
import { Notice } from "@/ui/Notice";
import { Panel } from "@/ui/Panel";
import { PlatformNames } from "@/ui/post/PlatformNames";
import { PostThumbnail } from "@/ui/post/PostThumbnail";
import { postTitle } from "@/ui/post/title";
import { StatusBadge } from "@/ui/StatusBadge";

import styles from "./AttentionPanel.module.css";

interface Props {
  accounts: readonly Account[];
  posts: readonly Post[];
  /** Posts whose approval waits for this person. */
  approvals: readonly Post[];
}

export function AttentionPanel({ accounts, posts, approvals }: Props) {
  const { t } = useMessages();
  const unhealthy = accounts.filter(({ health }) => health !== "ok");
  const title = t("home:attention");
  return (
    <Panel title={title} action={posts.length > 0 && <SeeAll view="attention" section={title} />}>
      <Stack gap="md">
        {accounts.length === 0 && (
          <Group justify="space-between">
            <Text>{t("home:connectFirst")}</Text>
            <LinkButton to="/accounts" search={{ next: "/" }} mih="2.75rem">
              {t("home:connect")}
            </LinkButton>
          </Group>
        )}
        {posts.length > 0 && (
          <ul className={styles["items"]} aria-label={title}>
            {posts.map((post) => (
              <AttentionPost key={post.job_id} post={post} />
            ))}
          </ul>
        )}
        <ApprovalList posts={approvals} />
        {unhealthy.length > 0 && (
          <ul className={styles["items"]} aria-label={t("home:accounts")}>
            {unhealthy.map((account) => (
              <AttentionAccount key={account.id} account={account} />
            ))}
          </ul>
        )}
        {accounts.length > 0 && unhealthy.length + posts.length + approvals.length === 0 && (
          <Notice tone="good" Icon={CircleCheck}>
            {t("home:allGood")}
          </Notice>
        )}
      </Stack>
    </Panel>
  );
}

function AttentionPost({ post }: { post: Post }) {
  const { t } = useMessages();
  const { state, error, more } = attentionReason(post);
  return (
    <li className={styles["item"]} data-opens="post">
      <PostThumbnail post={post} />
      <div className={styles["words"]}>
        <Group gap="sm">
          <Link to="/posts/$id" params={{ id: post.job_id }} className={styles["title"] ?? ""}>
            {postTitle(post) || t("post:untitled")}
          </Link>
          <StatusBadge state={state} />
        </Group>
        {error !== null && (
          <Text size="sm">
            {error} {more > 0 && t("home:moreReasons", { count: more })}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          <PlatformNames post={post} />
        </Text>
      </div>
    </li>
  );
}

function AttentionAccount({ account }: { account: Account }) {
  const { t } = useMessages();
  return (
    <li className={styles["item"]}>
      <div className={styles["words"]}>
        <Group gap="sm">
          <Text fw={600}>{account.name}</Text>
          <HealthBadge health={account.health} />
        </Group>
        {account.health_hint !== null && <Text size="sm">{account.health_hint}</Text>}
      </div>
      <LinkButton to="/accounts" search={{ next: "/" }} variant="default" mih="2.75rem">
        {t("home:fixAccount", { name: account.name })}
      </LinkButton>
    </li>
  );
}
