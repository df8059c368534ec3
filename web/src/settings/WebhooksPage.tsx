// The workspace's webhooks: create, test, pause and delete them, and the log of their deliveries.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Check, Pause, TriangleAlert } from "lucide-react";
import { useState } from "react";

import { useMessages } from "@/i18n/useMessages";
import { CreateWebhook } from "@/settings/CreateWebhook";
import {
  useChangeWebhook,
  useDeleteWebhook,
  useTestWebhook,
  webhooksQuery,
  type Webhook,
} from "@/settings/webhook-calls";
import { WebhookLog } from "@/settings/WebhookLog";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { useDateTime } from "@/ui/DateTime";
import { Loading } from "@/ui/Loading";
import { Notice } from "@/ui/Notice";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Badge } from "@/ui/StatusBadge";

import styles from "./Settings.module.css";

export function WebhooksPage() {
  const { t } = useMessages();
  const { data: webhooks, error, refetch } = useQuery(webhooksQuery);
  return (
    <>
      <PageHeader title={t("settings:webhooks.title")} />
      <Stack gap="lg">
        <Text c="dimmed">{t("settings:webhooks.hint")}</Text>
        <Panel title={t("settings:webhooks.new")}>
          <CreateWebhook />
        </Panel>
        {!webhooks && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
        {webhooks?.length === 0 && <Text c="dimmed">{t("settings:webhooks.none")}</Text>}
        {webhooks?.map((webhook) => (
          <WebhookPanel key={webhook.id} webhook={webhook} />
        ))}
      </Stack>
    </>
  );
}

function WebhookPanel({ webhook }: { webhook: Webhook }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const testing = useTestWebhook(webhook.id);
  const changing = useChangeWebhook(webhook.id);
  const [isDeleting, setIsDeleting] = useState(false);
  return (
    <Panel title={webhook.note || webhook.url} action={<WebhookBadge webhook={webhook} />}>
      <Stack gap="md">
        <Text size="sm" c="dimmed" className={styles["wrap"] ?? ""}>
          {webhook.url} · {t("settings:webhooks.types", { count: webhook.events.length })}
        </Text>
        {webhook.stopped !== null && <Notice tone="bad">{webhook.stopped}</Notice>}
        {webhook.stopped === null && webhook.failing_since !== null && (
          <Notice tone="warn">{t("settings:webhooks.failing", { time: format(webhook.failing_since) })}</Notice>
        )}
        <Group>
          <Button
            variant="default"
            className={styles["button"]}
            loading={testing.isPending}
            onClick={() => testing.mutate(undefined)}
          >
            {t("settings:webhooks.test")}
          </Button>
          <Button
            variant="default"
            className={styles["button"]}
            loading={changing.isPending}
            onClick={() => changing.mutate({ active: !webhook.active })}
          >
            {webhook.active ? t("settings:webhooks.pause") : t("settings:webhooks.resume")}
          </Button>
          <Button variant="default" className={styles["button"]} onClick={() => setIsDeleting(true)}>
            {t("settings:webhooks.delete")}
          </Button>
        </Group>
        <ProblemAlert error={testing.error ?? changing.error} />
        <WebhookLog webhook={webhook} />
      </Stack>
      {isDeleting && <DeleteWebhook webhook={webhook} close={() => setIsDeleting(false)} />}
    </Panel>
  );
}

function WebhookBadge({ webhook }: { webhook: Webhook }) {
  const { t } = useMessages();
  if (!webhook.active) return <Badge tone="quiet" Icon={Pause} label={t("settings:webhooks.paused")} />;
  return webhook.failing_since === null ? (
    <Badge tone="good" Icon={Check} label={t("settings:webhooks.active")} />
  ) : (
    <Badge tone="warn" Icon={TriangleAlert} label={t("settings:webhooks.unanswered")} />
  );
}

function DeleteWebhook({ webhook, close }: { webhook: Webhook; close: () => void }) {
  const { t } = useMessages();
  const deleting = useDeleteWebhook(webhook.id);
  return (
    <ConfirmDialog
      title={t("settings:webhooks.deleteTitle", { name: webhook.note || webhook.url })}
      confirmLabel={t("settings:webhooks.deleteConfirm")}
      cancelLabel={t("settings:webhooks.keep")}
      isPending={deleting.isPending}
      error={deleting.error}
      onConfirm={() => deleting.mutate(undefined, { onSuccess: close })}
      close={close}
    >
      <Text>{t("settings:webhooks.deleteHint")}</Text>
    </ConfirmDialog>
  );
}
