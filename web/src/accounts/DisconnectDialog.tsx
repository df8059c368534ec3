// Asks before an account is disconnected, and names what would wait.
import { List, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";

import { disconnectionQuery, useDisconnect } from "@/accounts/calls";
import type { Account } from "@/api/accounts";
import { platformLabel, platformsQuery } from "@/api/platforms";
import type { components } from "@/api/schema";
import { useMessages } from "@/i18n/useMessages";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { useDateTime } from "@/ui/DateTime";
import { Loading } from "@/ui/Loading";

const NAMED_MAX = 5;

export function DisconnectDialog({ account, close }: { account: Account; close: () => void }) {
  const { t } = useMessages();
  const plan = useQuery(disconnectionQuery(account.id));
  const disconnecting = useDisconnect(account);
  const disconnect = () =>
    disconnecting.mutate(undefined, {
      onSuccess: ({ note }) => {
        const done = t("accounts:disconnect.done", { name: account.name });
        notifications.show({
          message: note === null ? done : `${done} ${note}`,
          autoClose: note === null ? 5000 : false,
          closeButtonProps: { "aria-label": t("ui:close") },
        });
        close();
      },
    });
  return (
    <ConfirmDialog
      title={t("accounts:disconnect.title", { name: account.name })}
      confirmLabel={t("accounts:disconnect.confirm")}
      cancelLabel={t("accounts:disconnect.cancel")}
      isPending={disconnecting.isPending}
      error={plan.error ?? disconnecting.error}
      onConfirm={disconnect}
      close={close}
    >
      {plan.data ? <Consequences plan={plan.data} /> : plan.error === null && <Loading />}
      <Text size="sm">{t("accounts:disconnect.credentials")}</Text>
    </ConfirmDialog>
  );
}

type Plan = components["schemas"]["DisconnectionRead"];

function Consequences({ plan }: { plan: Plan }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const { data: platforms = [] } = useQuery(platformsQuery);
  if (plan.count === 0) return <Text>{t("accounts:disconnect.nothing")}</Text>;
  const named = plan.deliveries.slice(0, NAMED_MAX);
  const others = plan.count - named.length;
  return (
    <>
      <Text>{t("accounts:disconnect.waits", { count: plan.count })}</Text>
      <List size="sm">
        {named.map((delivery) => (
          <List.Item key={delivery.delivery_id}>
            <Text span fw={650} size="sm">
              {platformLabel(platforms, delivery.platform)},{" "}
              {delivery.due_at === null ? t("accounts:disconnect.now") : format(delivery.due_at)}
            </Text>
            <Text size="sm" lineClamp={2}>
              {delivery.text}
            </Text>
          </List.Item>
        ))}
        {others > 0 && <List.Item>{t("accounts:disconnect.others", { count: others })}</List.Item>}
      </List>
    </>
  );
}
