// The Pages as check boxes, each with its Instagram account and what it lacks.
import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { takeNext, useChoose } from "@/accounts/calls";
import type { Account, Connection, FoundPage } from "@/api/accounts";
import { labelOf, platformsQuery } from "@/api/platforms";
import { useWords } from "@/i18n/useWords";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/LinkButton";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { When } from "@/ui/When";

import styles from "./AccountsPage.module.css";

export function ChoosePages({ connection, accounts }: { connection: Connection; accounts: readonly Account[] }) {
  const { t } = useWords();
  const router = useRouter();
  const [chosen, choose] = useState(() => atFirst(connection.pages, accounts));
  const connecting = useChoose(connection.id);
  const connect = () =>
    connecting.mutate(chosen, {
      onSuccess: (connected) => {
        const names = connected.map(({ name }) => name).join(", ");
        notifications.show({
          message: t("accounts:choose.connected", { names }),
          closeButtonProps: { "aria-label": t("ui:close") },
        });
        router.history.push(takeNext() ?? "/accounts");
      },
    });
  if (connection.pages.length === 0)
    return (
      <Stack>
        <Notes connection={connection} />
        <EmptyState
          says={t("accounts:choose.none")}
          action={
            <LinkButton to="/accounts" mih="2.75rem">
              {t("accounts:choose.again")}
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
        <Text>
          {t("accounts:choose.says")} <When at={connection.expires_at} />
        </Text>
        <Notes connection={connection} />
        <Checkbox.Group value={chosen} onChange={choose} aria-label={t("accounts:choose.title")}>
          <Stack gap="sm">
            {connection.pages.map((page) => (
              <PageBox key={page.page_id} page={page} />
            ))}
          </Stack>
        </Checkbox.Group>
        <ProblemAlert error={connecting.error} />
        <Group>
          <Button
            type="submit"
            size="md"
            className={styles["button"]}
            disabled={chosen.length === 0}
            loading={connecting.isPending}
          >
            {t("accounts:choose.go", { count: chosen.length })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function PageBox({ page }: { page: FoundPage }) {
  const { data: platforms = [] } = useQuery(platformsQuery);
  return (
    <div className={styles["box"]}>
      <Checkbox
        value={page.page_id}
        size="md"
        disabled={!page.choosable}
        label={page.instagram === null ? page.name : `${page.name} + @${page.instagram}`}
        description={page.platforms.map((name) => labelOf(platforms, name)).join(" · ")}
      />
      {page.lacks.map((lack) => (
        <Notice key={lack} tone="warn">
          {lack}
        </Notice>
      ))}
    </div>
  );
}

/** Where not everything could be listed, a note says so, and it is a warning. */
function Notes({ connection }: { connection: Connection }) {
  return connection.notes.map((note) => (
    <Notice key={note} tone={connection.complete ? "plain" : "warn"}>
      {note}
    </Notice>
  ));
}

/** Those that are connected already (one came to connect them again), else the only one there is. */
function atFirst(pages: readonly FoundPage[], accounts: readonly Account[]): string[] {
  const ids = pages.filter(({ choosable }) => choosable).map(({ page_id }) => page_id);
  const known = ids.filter((id) => accounts.some(({ remote_id }) => remote_id === id));
  return known.length > 0 || pages.length > 1 ? known : ids;
}
