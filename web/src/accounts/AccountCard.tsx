// One account: its health in a sentence, what it serves, how long its access lasts, and what to do.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plug, Stethoscope, Star } from "lucide-react";

import { useCheck, useLogIn, useMakeDefault } from "@/accounts/calls";
import type { Account } from "@/api/accounts";
import { labelOf, platformsQuery } from "@/api/platforms";
import type { Translate } from "@/i18n/keys";
import type { Language } from "@/i18n/language";
import { useWords } from "@/i18n/useWords";
import { HealthBadge } from "@/ui/HealthBadge";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Badge } from "@/ui/StatusBadge";
import { momentOf } from "@/ui/When";

import styles from "./AccountsPage.module.css";

interface Props {
  account: Account;
  /** How many there are of its kind: a default is worth a word where there are several. */
  among: number;
  next: string | undefined;
}

export function AccountCard({ account, among, next }: Props) {
  const { t, language } = useWords();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const serves = account.platforms.map((name) => labelOf(platforms, name)).join(" · ");
  const ill = account.health !== "ok";
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
                ? `@${account.username} · ${serves}`
                : serves}
            </Text>
          </div>
          <Group gap="xs">
            {among > 1 && account.default && <Badge tone="planned" Icon={Star} says={t("accounts:default")} />}
            <HealthBadge health={account.health} />
          </Group>
        </Group>
        {account.health_hint !== null && (
          <Notice tone={account.health === "dead" ? "bad" : ill ? "warn" : "plain"}>{account.health_hint}</Notice>
        )}
        <Text size="sm" c="dimmed">
          {lasting(account, t, language)}
        </Text>
        <Actions account={account} among={among} next={next} />
      </Stack>
    </li>
  );
}

function Actions({ account, among, next }: Props) {
  const { t } = useWords();
  const check = useCheck(account);
  const choose = useMakeDefault(account);
  const logIn = useLogIn();
  return (
    <>
      <Group gap="sm">
        {account.health !== "ok" && (
          <Button
            className={styles["button"]}
            leftSection={<Plug size={18} aria-hidden />}
            loading={logIn.isPending}
            onClick={() => logIn.mutate(next ?? "/accounts")}
          >
            {t("accounts:reconnect")}
          </Button>
        )}
        <Button
          variant="default"
          className={styles["button"]}
          leftSection={<Stethoscope size={18} aria-hidden />}
          loading={check.isPending}
          onClick={() => check.mutate()}
        >
          {t("accounts:check")}
        </Button>
        {among > 1 && !account.default && (
          <Button
            variant="default"
            className={styles["button"]}
            leftSection={<Star size={18} aria-hidden />}
            loading={choose.isPending}
            onClick={() => choose.mutate()}
          >
            {t("accounts:makeDefault")}
          </Button>
        )}
      </Group>
      <div role="status">
        {check.isSuccess && (
          <Text size="sm">{t(check.data.health === "ok" ? "accounts:checked.well" : "accounts:checked.ill")}</Text>
        )}
      </div>
      <ProblemAlert error={check.error ?? choose.error ?? logIn.error} />
    </>
  );
}

/** How long its access lasts, and when somebody last looked. */
function lasting(account: Account, t: Translate, language: Language): string {
  const day = (at: string) => momentOf(at, language, null, "day");
  // Of what has ended already, its end is no news.
  const alive = account.health !== "dead";
  const said = [
    alive && expiry(account, t, day),
    alive &&
      account.data_access_expires_at !== null &&
      t("accounts:lasts.data", { day: day(account.data_access_expires_at) }),
    account.checked_at !== null && t("accounts:lasts.checked", { when: momentOf(account.checked_at, language) }),
  ];
  return said.filter((one) => one !== false).join(" ");
}

function expiry({ token_expiry, token_expires_at }: Account, t: Translate, day: (at: string) => string): string {
  if (token_expiry === "at" && token_expires_at !== null)
    return t("accounts:lasts.until", { day: day(token_expires_at) });
  return t(token_expiry === "never" ? "accounts:lasts.never" : "accounts:lasts.unknown");
}
