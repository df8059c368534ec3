// The result of a login or a form: the accounts to choose from, or why there are none.
import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { CircleCheck, CircleX } from "lucide-react";

import { ChooseAccounts } from "@/accounts/ChooseAccounts";
import { ConnectOptions } from "@/accounts/ConnectOptions";
import { accountsQuery, connectionQuery, type Connection } from "@/api/accounts";
import { Problem } from "@/api/problem";
import { useMessages } from "@/i18n/useMessages";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { NotFoundPage } from "@/ui/NotFoundPage";
import { Notice } from "@/ui/Notice";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

export function ConnectionPage() {
  const { t } = useMessages();
  const { id } = useParams({ from: "/signed-in/accounts/connect/$id" });
  const connection = useQuery(connectionQuery(id));
  // Both are needed before the form is shown, because connected accounts are preselected.
  const accounts = useQuery(accountsQuery);
  const error = connection.error ?? accounts.error;
  if (error instanceof Problem && error.status === 404) return <NotFoundPage />;
  return (
    <>
      <PageHeader title={t("accounts:choose.title")} />
      {connection.data && accounts.data ? (
        connection.data.status === "pending" ? (
          <ChooseAccounts connection={connection.data} accounts={accounts.data} />
        ) : (
          <ConnectionResult connection={connection.data} />
        )
      ) : error ? (
        <ProblemAlert error={error} retry={() => void connection.refetch()} />
      ) : (
        <Loading />
      )}
    </>
  );
}

/** Shown when there is nothing to choose: why, and what to do next. */
function ConnectionResult({ connection: { service, status, error } }: { connection: Connection }) {
  const { t } = useMessages();
  if (status === "done")
    return (
      <Stack align="start">
        <Notice tone="good" Icon={CircleCheck}>
          {t("accounts:choose.done")}
        </Notice>
        <LinkButton to="/accounts" mih="2.75rem">
          {t("accounts:choose.toAccounts")}
        </LinkButton>
      </Stack>
    );
  return (
    <Stack gap="lg">
      <Notice tone="bad" Icon={CircleX} title={t("accounts:choose.failed")}>
        {error ?? t(status === "begun" ? "accounts:choose.waiting" : "accounts:choose.expired")}
      </Notice>
      <Panel title={t("accounts:choose.restart")}>
        <ConnectOptions next={undefined} only={service} />
      </Panel>
    </Stack>
  );
}
