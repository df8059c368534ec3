// One account: its health, platforms, access, and actions.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plug, Stethoscope, Star } from "lucide-react";

import { useInspectAccount, useMetaLogin, useMakeDefault } from "@/accounts/calls";
import type { Account } from "@/api/accounts";
import { platformLabel, platformsQuery } from "@/api/platforms";
import type { Translate } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";
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
        <Actions account={account} countOfKind={countOfKind} next={next} />
      </Stack>
    </li>
  );
}

function Actions({ account, countOfKind, next }: Props) {
  const { t } = useMessages();
  const inspection = useInspectAccount(account);
  const makeDefault = useMakeDefault(account);
  const login = useMetaLogin();
  return (
    <>
      <Group gap="sm">
        {account.health !== "ok" && (
          <Button
            className={styles["button"]}
            leftSection={<Plug size={18} aria-hidden />}
            loading={login.isPending}
            onClick={() => login.mutate(next ?? "/accounts")}
          >
            {t("accounts:reconnect")}
          </Button>
        )}
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
      </Group>
      <div role="status">
        {inspection.isSuccess && (
          <Text size="sm">
            {t(inspection.data.health === "ok" ? "accounts:checked.ok" : "accounts:checked.problem")}
          </Text>
        )}
      </div>
      <ProblemAlert error={inspection.error ?? makeDefault.error ?? login.error} />
    </>
  );
}

type Format = ReturnType<typeof useDateTime>["format"];

/** Return how long access lasts, and when it was last checked. */
function accessSummary(account: Account, t: Translate, format: Format): string {
  const day = (at: string) => format(at, "day");
  // The expiry of access that has ended is not shown.
  const isAlive = account.health !== "dead";
  const sentences = [
    isAlive && expiryText(account, t, day),
    isAlive &&
      account.data_access_expires_at !== null &&
      t("accounts:access.data", { day: day(account.data_access_expires_at) }),
    account.checked_at !== null && t("accounts:access.checked", { time: format(account.checked_at) }),
  ];
  return sentences.filter((sentence) => sentence !== false).join(" ");
}

function expiryText({ token_expiry, token_expires_at }: Account, t: Translate, day: (at: string) => string): string {
  if (token_expiry === "at" && token_expires_at !== null)
    return t("accounts:access.until", { day: day(token_expires_at) });
  return t(token_expiry === "never" ? "accounts:access.never" : "accounts:access.unknown");
}
