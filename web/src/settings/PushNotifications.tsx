// Push notifications: a switch for this browser, and all browsers in which the person gets them.
import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { useSession } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { devicesQuery, useRemoveDevice } from "@/settings/push-calls";
import { PushDevices } from "@/settings/PushDevices";
import { PushSwitch } from "@/settings/PushSwitch";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

export function PushNotifications() {
  const { t } = useMessages();
  const { workspace } = useSession();
  const { data: devices, error, refetch } = useQuery(devicesQuery);
  const removing = useRemoveDevice();
  return (
    <Panel title={t("settings:push.title")}>
      <Stack gap="md">
        <Stack gap="md" className={styles["narrow"]}>
          <Text>{t("settings:push.hint", { workspace: workspace.name })}</Text>
          {!devices && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
          {devices && <PushSwitch devices={devices} removing={removing} />}
          <ProblemAlert error={removing.error} />
        </Stack>
        {devices && <PushDevices devices={devices} onRemove={removing.mutate} isPending={removing.isPending} />}
      </Stack>
    </Panel>
  );
}
