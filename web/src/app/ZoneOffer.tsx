// Offers the browser's time zone once, where its clock differs from the workspace's.
import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";

import type { SessionRead } from "@/api/session";
import { useChangeWorkspace } from "@/api/workspaces";
import { browserTimeZone, haveSameClock } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Banner.module.css";

const ANSWERED = "araldo.zone-offer.";

/** An answer is remembered in this browser, for this workspace. */
export function ZoneOffer({ workspace: { id, zone } }: { workspace: SessionRead["workspace"] }) {
  const { t } = useMessages();
  const change = useChangeWorkspace(id);
  const own = browserTimeZone();
  const [isAnswered, setAnswered] = useState(() => localStorage.getItem(ANSWERED + id) !== null);
  if (isAnswered || haveSameClock(own, zone, new Date())) return null;
  const close = () => {
    localStorage.setItem(ANSWERED + id, own);
    setAnswered(true);
  };
  return (
    <aside className={styles["banner"]} aria-label={t("app:zone.label")}>
      <Text size="sm">{t("app:zone.offer", { zone, own })}</Text>
      <Group gap="sm">
        <Button
          variant="default"
          mih="2.75rem"
          loading={change.isPending}
          onClick={() => change.mutate({ zone: own }, { onSuccess: close })}
        >
          {t("app:zone.use", { own })}
        </Button>
        <Button variant="default" mih="2.75rem" disabled={change.isPending} onClick={close}>
          {t("app:zone.keep", { zone })}
        </Button>
      </Group>
      <ProblemAlert error={change.error} />
    </aside>
  );
}
