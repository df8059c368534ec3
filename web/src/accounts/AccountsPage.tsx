// The connected accounts, and the ways to connect more.
import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { Plug } from "lucide-react";

import { AccountCard } from "@/accounts/AccountCard";
import { ConnectOptions } from "@/accounts/ConnectOptions";
import { accountsQuery } from "@/api/accounts";
import { useSession } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { Allowed, RoleNotice } from "@/ui/Allowed";
import { EmptyState } from "@/ui/EmptyState";
import { Loading } from "@/ui/Loading";
import { Notice } from "@/ui/Notice";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./AccountsPage.module.css";

export function AccountsPage() {
  const { t } = useMessages();
  const { sandbox } = useSession();
  const { next } = useSearch({ from: "/signed-in/accounts" });
  const { data: accounts, error, refetch } = useQuery(accountsQuery);
  return (
    <>
      <PageHeader title={t("accounts:title")} />
      <Stack gap="xl">
        {sandbox && <Notice tone="plain">{t("accounts:sandbox")}</Notice>}
        <ProblemAlert error={error} retry={() => void refetch()} />
        {!accounts && !error && <Loading />}
        {accounts?.length === 0 && <EmptyState Icon={Plug} message={t("accounts:none")} />}
        {accounts && accounts.length > 0 && (
          <ul className={styles["cards"]} aria-label={t("accounts:title")}>
            {accounts.map((account) => (
              <AccountCard
                key={account.id}
                account={account}
                countOfKind={accounts.filter(({ kind }) => kind === account.kind).length}
                next={next}
              />
            ))}
          </ul>
        )}
        <RoleNotice />
        <Allowed to="manage">
          <Panel title={accounts?.length === 0 ? t("accounts:connect.first") : t("accounts:connect.more")}>
            <ConnectOptions next={next} />
          </Panel>
        </Allowed>
      </Stack>
    </>
  );
}
