// The accounts to choose from, in groups that belong together, and what each lacks.
import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { takeReturnPath, useConnectGroups } from "@/accounts/calls";
import type { Account, Connection, FoundGroup } from "@/api/accounts";
import { platformLabel, platformsQuery } from "@/api/platforms";
import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/LinkButton";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./AccountsPage.module.css";

export function ChooseAccounts({ connection, accounts }: { connection: Connection; accounts: readonly Account[] }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const router = useRouter();
  const [selected, setSelected] = useState(() => initialSelection(connection.groups, accounts));
  const connecting = useConnectGroups(connection.id);
  const connect = () =>
    connecting.mutate(selected, {
      onSuccess: (connected) => {
        const names = connected.map(({ name }) => name).join(", ");
        notifications.show({
          message: t("accounts:choose.connected", { names }),
          closeButtonProps: { "aria-label": t("ui:close") },
        });
        router.history.push(takeReturnPath() ?? "/accounts");
      },
    });
  if (connection.groups.length === 0)
    return (
      <Stack>
        <ConnectionNotes connection={connection} />
        <EmptyState
          message={t("accounts:choose.none")}
          action={
            <LinkButton to="/accounts" mih="2.75rem">
              {t("accounts:choose.retry")}
            </LinkButton>
          }
        />
      </Stack>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        connect();
      }}
    >
      <Stack gap="md" className={styles["narrow"]}>
        <Text>{t("accounts:choose.hint", { time: format(connection.expires_at, "clock") })}</Text>
        <ConnectionNotes connection={connection} />
        <Checkbox.Group value={selected} onChange={setSelected} aria-label={t("accounts:choose.title")}>
          <Stack gap="sm">
            {connection.groups.map((group) => (
              <GroupCheckbox key={group.id} group={group} />
            ))}
          </Stack>
        </Checkbox.Group>
        <ProblemAlert error={connecting.error} />
        <Group>
          <Button
            type="submit"
            size="md"
            className={styles["button"]}
            disabled={selected.length === 0}
            loading={connecting.isPending}
          >
            {t("accounts:choose.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function GroupCheckbox({ group }: { group: FoundGroup }) {
  const { data: platforms = [] } = useQuery(platformsQuery);
  const others = group.accounts.slice(1).map(({ username, name }) => `@${username ?? name}`);
  return (
    <div className={styles["box"]}>
      <Checkbox
        value={group.id}
        size="md"
        disabled={!group.choosable}
        label={[group.name, ...others].join(" + ")}
        description={group.platforms.map((name) => platformLabel(platforms, name)).join(" · ")}
      />
      {group.lacks.map((lack) => (
        <Notice key={lack} tone="warn">
          {lack}
        </Notice>
      ))}
    </div>
  );
}

/** The server's notes; warnings where it could not list everything. */
function ConnectionNotes({ connection }: { connection: Connection }) {
  return connection.notes.map((note) => (
    <Notice key={note} tone={connection.complete ? "plain" : "warn"}>
      {note}
    </Notice>
  ));
}

/** Preselect what is connected already, to reconnect it; else the only group there is. */
function initialSelection(groups: readonly FoundGroup[], accounts: readonly Account[]): string[] {
  const choosable = groups.filter((group) => group.choosable);
  const known = choosable.filter((group) =>
    group.accounts.some((found) =>
      accounts.some(({ kind, remote_id }) => kind === found.kind && remote_id === found.remote_id),
    ),
  );
  return (known.length > 0 || groups.length > 1 ? known : choosable).map(({ id }) => id);
}
