// What a log-in or a token has opened: which Pages there are, what each lacks, and which of them are to be connected.
import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { CircleCheck, CircleX } from "lucide-react";

import { ChoosePages } from "@/accounts/ChoosePages";
import { Connect } from "@/accounts/Connect";
import { accountsQuery, connectionQuery, type Connection } from "@/api/accounts";
import { Problem } from "@/api/problem";
import { useWords } from "@/i18n/useWords";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { NotFoundPage } from "@/ui/NotFoundPage";
import { Notice } from "@/ui/Notice";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

export function ConnectionPage() {
  const { t } = useWords();
  const { id } = useParams({ from: "/signed-in/accounts/connect/$id" });
  const connection = useQuery(connectionQuery(id));
  // Those that are connected are ticked already, so both have to be there before anybody ticks.
  const accounts = useQuery(accountsQuery);
  const error = connection.error ?? accounts.error;
  if (error instanceof Problem && error.status === 404) return <NotFoundPage />;
  return (
    <>
      <PageHead title={t("accounts:choose.title")} />
      {connection.data && accounts.data ? (
        connection.data.status === "pending" ? (
          <ChoosePages connection={connection.data} accounts={accounts.data} />
        ) : (
          <Over connection={connection.data} />
        )
      ) : error ? (
        <ProblemAlert error={error} retry={() => void connection.refetch()} />
      ) : (
        <Loading />
      )}
    </>
  );
}

/** Nothing is to be chosen here: why, and the way on. */
function Over({ connection: { status, error } }: { connection: Connection }) {
  const { t } = useWords();
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
        {error ?? t(status === "begun" ? "accounts:choose.notYet" : "accounts:choose.expired")}
      </Notice>
      <Panel title={t("accounts:choose.beginAgain")}>
        <Connect next={undefined} />
      </Panel>
    </Stack>
  );
}
