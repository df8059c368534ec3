// The Pages to choose from, each with its Instagram account and what it lacks.
import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { takeReturnPath, useConnectPages } from "@/accounts/calls";
import type { Account, Connection, FoundPage } from "@/api/accounts";
import { platformLabel, platformsQuery } from "@/api/platforms";
import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/LinkButton";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./AccountsPage.module.css";

export function ChoosePages({ connection, accounts }: { connection: Connection; accounts: readonly Account[] }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const router = useRouter();
  const [selected, setSelected] = useState(() => initialSelection(connection.pages, accounts));
  const connecting = useConnectPages(connection.id);
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
  if (connection.pages.length === 0)
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
            {connection.pages.map((page) => (
              <PageCheckbox key={page.page_id} page={page} />
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
            {t("accounts:choose.submit", { count: selected.length })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function PageCheckbox({ page }: { page: FoundPage }) {
  const { data: platforms = [] } = useQuery(platformsQuery);
  return (
    <div className={styles["box"]}>
      <Checkbox
        value={page.page_id}
        size="md"
        disabled={!page.choosable}
        label={page.instagram === null ? page.name : `${page.name} + @${page.instagram}`}
        description={page.platforms.map((name) => platformLabel(platforms, name)).join(" · ")}
      />
      {page.lacks.map((lack) => (
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

/** Preselect the Pages that are connected already, to reconnect them; else the only Page there is. */
function initialSelection(pages: readonly FoundPage[], accounts: readonly Account[]): string[] {
  const ids = pages.filter(({ choosable }) => choosable).map(({ page_id }) => page_id);
  const known = ids.filter((id) => accounts.some(({ remote_id }) => remote_id === id));
  return known.length > 0 || pages.length > 1 ? known : ids;
}
