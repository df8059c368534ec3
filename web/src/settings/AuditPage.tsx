// The audit log of the workspace: who did what, when, and from where.
import { Button, NativeSelect, Stack, Text } from "@mantine/core";
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import type { Translate } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";
import { Loading } from "@/ui/Loading";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

type AuditEntry = components["schemas"]["AuditEntry"];
type AuditAction = components["schemas"]["AuditAction"];

/** The actions in groups that people look for. */
const GROUPS = {
  access: [
    "signed_in",
    "sign_in_failed",
    "locked_out",
    "signed_out",
    "sessions_ended",
    "password_changed",
    "password_forgotten",
    "totp_enabled",
    "totp_disabled",
  ],
  people: [
    "member_invited",
    "invitation_withdrawn",
    "member_joined",
    "role_changed",
    "member_removed",
    "user_created",
    "user_removed",
    "key_created",
    "key_revoked",
  ],
  accounts: ["account_connected", "account_disconnected"],
  posts: [
    "publish_requested",
    "published",
    "post_approved",
    "post_sent_back",
    "approval_link_created",
    "approval_link_withdrawn",
    "approval_setting_changed",
    "post_deleted",
    "media_deleted",
  ],
} as const satisfies Record<string, readonly AuditAction[]>;

type Group = keyof typeof GROUPS;
const GROUP_NAMES: readonly Group[] = ["access", "people", "accounts", "posts"];

function auditQuery(action: readonly AuditAction[]) {
  return infiniteQueryOptions({
    queryKey: ["audit", action],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 50, action: [...action], ...(pageParam === null ? {} : { cursor: pageParam }) };
      return unwrap(api.GET("/api/v1/audit", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function AuditPage() {
  const { t } = useMessages();
  const [group, setGroup] = useState<Group | null>(null);
  const list = useInfiniteQuery(auditQuery(group === null ? [] : GROUPS[group]));
  const entries = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <PageHeader title={t("settings:audit.title")} />
      <Panel title={t("settings:audit.list")}>
        <Stack gap="md">
          <NativeSelect
            className={styles["narrow"] ?? ""}
            label={t("settings:audit.show")}
            value={group ?? ""}
            data={[
              { value: "", label: t("settings:audit.everything") },
              ...GROUP_NAMES.map((name) => ({ value: name, label: t(`settings:audit.group.${name}`) })),
            ]}
            onChange={(event) => setGroup(GROUP_NAMES.find((name) => name === event.currentTarget.value) ?? null)}
          />
          <ProblemAlert error={list.error} retry={() => void list.refetch()} />
          {list.isPending && <Loading />}
          {list.isSuccess && entries.length === 0 && <Text c="dimmed">{t("settings:audit.none")}</Text>}
          {entries.length > 0 && (
            <ul className={styles["rows"]} aria-label={t("settings:audit.list")}>
              {entries.map((entry) => (
                <AuditRow key={entry.id} entry={entry} />
              ))}
            </ul>
          )}
          {list.hasNextPage && (
            <Button
              variant="default"
              className={styles["button"]}
              loading={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              {t("settings:showMore")}
            </Button>
          )}
        </Stack>
      </Panel>
    </>
  );
}

function AuditRow({ entry }: { entry: AuditEntry }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const facts = [
    format(entry.at, "second"),
    actorName(entry.actor, t),
    ...(entry.address === null ? [] : [t("settings:audit.from", { address: entry.address })]),
  ];
  return (
    <li className={styles["row"]}>
      <div className={styles["words"]}>
        <Text fw={600}>
          {t(`settings:audit.action.${entry.action}`)}
          {entry.target_name !== null && `: ${entry.target_name}`}
        </Text>
        <Text size="sm" c="dimmed">
          {facts.join(" · ")}
        </Text>
      </div>
    </li>
  );
}

function actorName({ kind, name }: AuditEntry["actor"], t: Translate): string {
  return kind === "key"
    ? t("settings:audit.actor.key", { name: name ?? "?" })
    : (name ?? t(`settings:audit.actor.${kind}`));
}
