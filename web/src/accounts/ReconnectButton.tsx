// Connects an account again, by the service and the method that it was connected by.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plug } from "lucide-react";
import { useState } from "react";

import { servicesQuery, useBeginConnection } from "@/accounts/calls";
import { Methods } from "@/accounts/Methods";
import type { Account } from "@/api/accounts";
import { useMessages } from "@/i18n/useMessages";
import { Dialog } from "@/ui/Dialog";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./AccountsPage.module.css";

export function ReconnectButton({ account, next }: { account: Account; next: string | undefined }) {
  const { t, language } = useMessages();
  const { data: services = [] } = useQuery(servicesQuery(language));
  const [isAsking, setIsAsking] = useState(false);
  const back = next ?? "/accounts";
  const beginning = useBeginConnection(back);
  const methods = services.find(({ name }) => name === account.service)?.methods ?? [];
  const suggested = methods.find(({ kind }) => kind === "oauth") ?? methods[0];
  const method = methods.find(({ name }) => name === account.method) ?? suggested;
  if (!method) return null;
  // A login without questions opens at once; anything else asks first.
  const isDirect = method.kind === "oauth" && method.fields.length === 0;
  return (
    <>
      <Button
        className={styles["button"]}
        leftSection={<Plug size={18} aria-hidden />}
        loading={beginning.isPending}
        onClick={() =>
          isDirect ? beginning.mutate({ service: account.service, method: method.name }) : setIsAsking(true)
        }
      >
        {t("accounts:reconnect")}
      </Button>
      <ProblemAlert error={beginning.error} />
      {isAsking && (
        <Dialog title={t("accounts:reconnectTitle", { name: account.name })} close={() => setIsAsking(false)}>
          <Methods
            service={account.service}
            methods={[method, ...methods.filter((other) => other !== method)]}
            next={back}
          />
        </Dialog>
      )}
    </>
  );
}
