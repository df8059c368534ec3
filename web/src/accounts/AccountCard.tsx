// One account: its health, platforms, access, and actions.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Stethoscope, Star, Unplug } from "lucide-react";
import { useState } from "react";

import { useInspectAccount, useMakeDefault } from "@/accounts/calls";
import { DisconnectDialog } from "@/accounts/DisconnectDialog";
import { ReconnectButton } from "@/accounts/ReconnectButton";
import type { Account } from "@/api/accounts";
import { platformLabel, platformsQuery } from "@/api/platforms";
import type { Translate } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";
import { Allowed } from "@/ui/Allowed";
import { useDateTime } from "@/ui/DateTime";
import { HealthBadge } from "@/ui/HealthBadge";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Badge } from "@/ui/StatusBadge";

import styles from "./AccountsPage.module.css";

interface Props {
  account: Account;
  /** The number of accounts of its kind: with several, one is the default. */
  countOfKind: number;
  next: string | undefined;
}

export function AccountCard({ account, countOfKind, next }: Props) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const labels = account.platforms.map((name) => platformLabel(platforms, name)).join(" · ");
  const isUnhealthy = account.health !== "ok";
  return (
    <li className={styles["card"]} aria-label={account.name}>
      <Stack gap="sm">
        <Group justify="space-between" align="start">
          <div className={styles["name"]}>
            <Text fw={650} size="lg">
              {account.name}
            </Text>
            <Text size="sm" c="dimmed">
              {account.username !== null && account.username !== account.name
                ? `@${account.username} · ${labels}`
                : labels}
            </Text>
          </div>
          <Group gap="xs">
            {countOfKind > 1 && account.default && <Badge tone="planned" Icon={Star} label={t("accounts:default")} />}
            <HealthBadge health={account.health} />
          </Group>
        </Group>
        {account.health_hint !== null && (
          <Notice tone={account.health === "dead" ? "bad" : isUnhealthy ? "warn" : "plain"}>
            {account.health_hint}
          </Notice>
        )}
        <Text size="sm" c="dimmed">
          {accessSummary(account, t, format)}
        </Text>
        <Allowed to="manage">
          <Actions account={account} countOfKind={countOfKind} next={next} />
        </Allowed>
      </Stack>
    </li>
  );
}

function Actions({ account, countOfKind, next }: Props) {
  const { t } = useMessages();
  const inspection = useInspectAccount(account);
  const makeDefault = useMakeDefault(account);
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Group gap="sm">
        {account.health !== "ok" && <ReconnectButton account={account} next={next} />}
        <Button
          variant="default"
          className={styles["button"]}
          leftSection={<Stethoscope size={18} aria-hidden />}
          loading={inspection.isPending}
          onClick={() => inspection.mutate()}
        >
          {t("accounts:check")}
        </Button>
        {countOfKind > 1 && !account.default && (
          <Button
            variant="default"
            className={styles["button"]}
            leftSection={<Star size={18} aria-hidden />}
            loading={makeDefault.isPending}
            onClick={() => makeDefault.mutate()}
          >
            {t("accounts:makeDefault")}
          </Button>
        )}
        <Button
          variant="default"
          className={styles["button"]}
          leftSection={<Unplug size={18} aria-hidden />}
          onClick={() => setIsAsking(true)}
        >
          {t("accounts:disconnect.button")}
        </Button>
      </Group>
      {isAsking && <DisconnectDialog account={account} close={() => setIsAsking(false)} />}
      <div role="status">
        {inspection.isSuccess && (
          <Text size="sm">
            {t(inspection.data.health === "ok" ? "accounts:checked.ok" : "accounts:checked.problem")}
          </Text>
        )}
      </div>
      <ProblemAlert error={inspection.error ?? makeDefault.error} />
    </>
  );
}

type Format = ReturnType<typeof useDateTime>["format"];

/** Return what access depends on and how long it lasts, and when it was last checked. */
function accessSummary(account: Account, t: Translate, format: Format): string {
  const ends = account.ends.map(({ what, at, renewable }) =>
    at === null
      ? t("accounts:access.endless", { what })
      : t(renewable ? "accounts:access.renewed" : "accounts:access.until", { what, day: format(at, "day") }),
  );
  const sentences = [
    // The end of access that is lost already is not shown.
    ...(account.health === "dead" ? [] : ends.length > 0 ? ends : [t("accounts:access.unknown")]),
    account.checked_at !== null && t("accounts:access.checked", { time: format(account.checked_at) }),
  ];
  return sentences.filter((sentence) => sentence !== false).join(" ");
}
