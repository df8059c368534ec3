// What needs a person: accounts with problems, and posts that were not published everywhere.
import { Group, Stack, Text } from "@mantine/core";
import { CircleCheck } from "lucide-react";

import type { Account } from "@/api/accounts";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { HealthBadge } from "@/ui/HealthBadge";
import { LinkButton } from "@/ui/LinkButton";
import { Notice } from "@/ui/Notice";
import { Panel } from "@/ui/Panel";
import { PostList } from "@/ui/post/PostList";

import styles from "./AttentionPanel.module.css";

export function AttentionPanel({ accounts, posts }: { accounts: readonly Account[]; posts: readonly Post[] }) {
  const { t } = useMessages();
  const unhealthy = accounts.filter(({ health }) => health !== "ok");
  return (
    <Panel title={t("home:attention")}>
      <Stack gap="md">
        {accounts.length === 0 && (
          <Group justify="space-between">
            <Text>{t("home:connectFirst")}</Text>
            <LinkButton to="/accounts" search={{ next: "/" }} mih="2.75rem">
              {t("home:connect")}
            </LinkButton>
          </Group>
        )}
        {unhealthy.length > 0 && (
          <ul className={styles["accounts"]} aria-label={t("home:accounts")}>
            {unhealthy.map((account) => (
              <li key={account.id} className={styles["account"]}>
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
            ))}
          </ul>
        )}
        {posts.length > 0 && <PostList posts={posts} label={t("home:attention")} />}
        {accounts.length > 0 && unhealthy.length + posts.length === 0 && (
          <Notice tone="good" Icon={CircleCheck}>
            {t("home:allGood")}
          </Notice>
        )}
      </Stack>
    </Panel>
  );
}
