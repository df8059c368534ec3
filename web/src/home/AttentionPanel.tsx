// What only a person can mend: accounts that are not well, and posts that did not go everywhere.
import { Group, Stack, Text } from "@mantine/core";
import { CircleCheck } from "lucide-react";

import type { Account } from "@/api/accounts";
import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { HealthBadge } from "@/ui/HealthBadge";
import { LinkButton } from "@/ui/LinkButton";
import { Notice } from "@/ui/Notice";
import { Panel } from "@/ui/Panel";
import { PostRows } from "@/ui/post/PostRows";

import styles from "./Attention.module.css";

export function Attention({ accounts, posts }: { accounts: readonly Account[]; posts: readonly Post[] }) {
  const { t } = useWords();
  const ill = accounts.filter(({ health }) => health !== "ok");
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
        {ill.length > 0 && (
          <ul className={styles["accounts"]} aria-label={t("home:accounts")}>
            {ill.map((account) => (
              <li key={account.id} className={styles["account"]}>
                <div className={styles["words"]}>
                  <Group gap="sm">
                    <Text fw={600}>{account.name}</Text>
                    <HealthBadge health={account.health} />
                  </Group>
                  {account.health_hint !== null && <Text size="sm">{account.health_hint}</Text>}
                </div>
                <LinkButton to="/accounts" search={{ next: "/" }} variant="default" mih="2.75rem">
                  {t("home:mend", { name: account.name })}
                </LinkButton>
              </li>
            ))}
          </ul>
        )}
        {posts.length > 0 && <PostRows posts={posts} label={t("home:attention")} />}
        {accounts.length > 0 && ill.length + posts.length === 0 && (
          <Notice tone="good" Icon={CircleCheck}>
            {t("home:well")}
          </Notice>
        )}
      </Stack>
    </Panel>
  );
}
