// The browsers in which the person gets push notifications, each to be tried and removed.
import { Button, Group, Text } from "@mantine/core";
import { Monitor } from "lucide-react";

import { useMessages } from "@/i18n/useMessages";
import { useTestDevice, type PushDevice } from "@/settings/push-calls";
import { useDateTime } from "@/ui/DateTime";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Badge } from "@/ui/StatusBadge";

import styles from "./Settings.module.css";

interface Props {
  devices: readonly PushDevice[];
  onRemove: (id: string) => void;
  isPending: boolean;
}

export function PushDevices({ devices, onRemove, isPending }: Props) {
  const { t } = useMessages();
  const testing = useTestDevice();
  if (devices.length === 0 && !testing.data) return null;
  return (
    <>
      <ul className={styles["rows"]} aria-label={t("settings:push.devices")}>
        {devices.map((device) => (
          <DeviceRow
            key={device.id}
            device={device}
            onTest={() => testing.mutate(device.id)}
            onRemove={() => onRemove(device.id)}
            isPending={isPending || testing.isPending}
          />
        ))}
      </ul>
      {testing.data && (
        <Notice tone={testing.data.sent ? "good" : "bad"} announced>
          {testing.data.error ?? t("settings:push.sent")}
        </Notice>
      )}
      <ProblemAlert error={testing.error} />
    </>
  );
}

interface RowProps {
  device: PushDevice;
  onTest: () => void;
  onRemove: () => void;
  isPending: boolean;
}

function DeviceRow({ device, onTest, onRemove, isPending }: RowProps) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const browser = device.user_agent || t("settings:sessions.unknown");
  const sent = device.last_sent_at;
  return (
    <li className={styles["row"]}>
      <div className={styles["words"]}>
        <Group gap="sm">
          <Text fw={600}>{browser}</Text>
          {device.current && <Badge tone="good" Icon={Monitor} label={t("settings:sessions.current")} />}
        </Group>
        <Text size="sm" c="dimmed">
          {sent === null
            ? t("settings:push.since", { time: format(device.created_at) })
            : t("settings:push.lastSent", { time: format(sent) })}
        </Text>
        {device.error !== null && <Text size="sm">{t("settings:push.failed", { error: device.error })}</Text>}
      </div>
      <Group gap="sm">
        <Button
          variant="default"
          className={styles["button"]}
          disabled={isPending}
          aria-label={t("settings:push.testOne", { browser })}
          onClick={onTest}
        >
          {t("settings:push.test")}
        </Button>
        <Button
          variant="default"
          className={styles["button"]}
          disabled={isPending}
          aria-label={t("settings:push.removeOne", { browser })}
          onClick={onRemove}
        >
          {t("settings:push.remove")}
        </Button>
      </Group>
    </li>
  );
}
