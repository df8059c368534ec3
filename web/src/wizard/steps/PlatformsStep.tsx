// Step 2: the platforms, each with its picture's proportions, its account, and the account's health.
import { Alert, Button, Stack, Text, Title } from "@mantine/core";
import { Plug } from "lucide-react";
import { useEffect } from "react";

import { useMessages } from "@/i18n/useMessages";
import { rememberPlatforms } from "@/wizard/initialState";
import section from "@/wizard/Section.module.css";
import { PlatformCard } from "@/wizard/PlatformCard";
import cards from "@/wizard/Platforms.module.css";
import { FIELDS } from "@/wizard/steps";
import { AccountsLink } from "@/wizard/AccountsLink";
import { resolveAccounts, useWizard } from "@/wizard/useWizard";

export function PlatformsStep() {
  const { t } = useMessages();
  const { state, dispatch, platforms, accounts } = useWizard();
  const { platforms: chosen } = state.draft;
  useEffect(() => rememberPlatforms(chosen), [chosen]);
  const order = platforms.map(({ name }) => name);
  const ready = platforms.filter((platform) => resolveAccounts(platform, accounts)[0]?.health === "ok");
  const unselected = ready.filter(({ name }) => !chosen.includes(name));
  return (
    <section className={section["card"]} aria-labelledby={FIELDS.platforms}>
      <Title order={2} size="h4" id={FIELDS.platforms} tabIndex={-1}>
        {t("wizard:platforms.title")}
      </Title>
      {accounts.length === 0 && (
        <Alert color="yellow" icon={<Plug aria-hidden />} title={t("wizard:platforms.noAccounts")}>
          <Stack gap="sm" align="start">
            <Text size="sm">{t("wizard:platforms.noAccountsHint")}</Text>
            <AccountsLink>{t("wizard:platforms.connect")}</AccountsLink>
          </Stack>
        </Alert>
      )}
      <ul className={cards["cards"]}>
        {platforms.map((platform) => (
          <PlatformCard key={platform.name} platform={platform} order={order} />
        ))}
      </ul>
      {unselected.length > 0 && (
        <Button
          variant="default"
          className={section["button"]}
          onClick={() => {
            for (const { name } of unselected)
              dispatch({ type: "platformToggled", platform: name, chosen: true, order });
          }}
        >
          {t("wizard:platforms.selectReady")}
        </Button>
      )}
    </section>
  );
}
