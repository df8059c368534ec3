// The deliveries of a webhook, newest first, each with its result and a button to send it again.
import { Button, Code, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Check, Hourglass, TriangleAlert } from "lucide-react";

import { useMessages } from "@/i18n/useMessages";
import { deliveriesQuery, useSendAgain, type Webhook, type WebhookDelivery } from "@/settings/webhook-calls";
import { useDateTime } from "@/ui/DateTime";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Badge } from "@/ui/StatusBadge";

import styles from "./Settings.module.css";

const REFETCH_MS = 4_000;
const BADGES = {
  pending: ["busy", Hourglass],
  delivered: ["good", Check],
  failed: ["bad", TriangleAlert],
} as const;

export function WebhookLog({ webhook }: { webhook: Webhook }) {
  const { t } = useMessages();
  const list = useInfiniteQuery({
    ...deliveriesQuery(webhook.id),
    // A delivery that is being sent is about to change.
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.data.some((delivery) => delivery.state === "pending")) ? REFETCH_MS : false,
  });
  const sending = useSendAgain(webhook.id);
  const deliveries = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Stack gap="xs">
      <Text fw={650} component="h3" m={0}>
        {t("settings:webhooks.log")}
      </Text>
      {list.isPending && <Loading />}
      <ProblemAlert error={list.error ?? sending.error} />
      {list.isSuccess && deliveries.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("settings:webhooks.logEmpty")}
        </Text>
      )}
      {deliveries.length > 0 && (
        <ul className={styles["rows"]} aria-label={t("settings:webhooks.log")}>
          {deliveries.map((delivery) => (
            <DeliveryRow
              key={delivery.id}
              delivery={delivery}
              isPending={sending.isPending}
              sendAgain={() => sending.mutate(delivery.id)}
            />
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
  );
}

interface RowProps {
  delivery: WebhookDelivery;
  isPending: boolean;
  sendAgain: () => void;
}

function DeliveryRow({ delivery, isPending, sendAgain }: RowProps) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const { type, state, attempts, status_code, error, payload, created_at, next_at } = delivery;
  const time = format(created_at, "second");
  const facts = [
    time,
    t("settings:webhooks.attempts", { count: attempts }),
    ...(status_code === null ? [] : [t("settings:webhooks.status", { status: status_code })]),
    ...(state === "pending" && next_at !== null ? [t("settings:webhooks.nextTry", { time: format(next_at) })] : []),
  ];
  return (
    <li className={styles["row"]}>
      <div className={styles["words"]}>
        <Text fw={600}>
          <code>{type}</code> <DeliveryBadge state={state} />
        </Text>
        <Text size="sm" c="dimmed">
          {facts.join(" · ")}
        </Text>
        {error !== null && <Text size="sm">{error}</Text>}
        <details>
          <summary>{t("settings:webhooks.payload")}</summary>
          <Code block className={styles["payload"] ?? ""} tabIndex={0} aria-label={t("settings:webhooks.payload")}>
            {payload}
          </Code>
        </details>
      </div>
      <Button
        variant="default"
        className={styles["button"]}
        disabled={state === "pending"}
        loading={isPending}
        aria-label={t("settings:webhooks.sendOneAgain", { type, time })}
        onClick={sendAgain}
      >
        {t("settings:webhooks.sendAgain")}
      </Button>
    </li>
  );
}

function DeliveryBadge({ state }: { state: string }) {
  const { t } = useMessages();
  if (state !== "pending" && state !== "delivered" && state !== "failed") return null;
  const [tone, Icon] = BADGES[state];
  return <Badge tone={tone} Icon={Icon} label={t(`settings:webhooks.state.${state}`)} />;
}
