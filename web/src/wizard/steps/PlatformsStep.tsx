// Step 2: where it goes: each platform in its true proportions, with the account that it goes to and how that one is.
import { Alert, Button, Stack, Text, Title } from "@mantine/core";
import { Plug } from "lucide-react";
import { useEffect } from "react";

import { useWords } from "@/i18n/useWords";
import { rememberChoice } from "@/wizard/beginning";
import styles from "@/wizard/Parts.module.css";
import { PlatformCard } from "@/wizard/PlatformCard";
import cards from "@/wizard/Platforms.module.css";
import { FIELDS } from "@/wizard/steps";
import { ToAccounts } from "@/wizard/ToAccounts";
import { accountFor, useWizard } from "@/wizard/useWizard";

export function PlatformsStep() {
  const { t } = useWords();
  const { state, dispatch, platforms, accounts } = useWizard();
  const { platforms: chosen } = state.draft;
  useEffect(() => rememberChoice(chosen), [chosen]);
  const order = platforms.map(({ name }) => name);
  const well = platforms.filter((platform) => accountFor(platform, accounts, undefined)?.health === "ok");
  const rest = well.filter(({ name }) => !chosen.includes(name));
  return (
    <section className={styles["card"]} aria-labelledby={FIELDS.platforms}>
      <Title order={2} size="h4" id={FIELDS.platforms} tabIndex={-1}>
        {t("wizard:platforms.title")}
      </Title>
      {accounts.length === 0 && (
        <Alert color="yellow" icon={<Plug aria-hidden />} title={t("wizard:platforms.noAccounts")}>
          <Stack gap="sm" align="start">
            <Text size="sm">{t("wizard:platforms.noAccountsSays")}</Text>
            <ToAccounts>{t("wizard:platforms.connect")}</ToAccounts>
          </Stack>
        </Alert>
      )}
      <ul className={cards["cards"]}>
        {platforms.map((platform) => (
          <PlatformCard key={platform.name} platform={platform} order={order} />
        ))}
      </ul>
      {rest.length > 0 && (
        <Button
          variant="default"
          className={styles["act"]}
          onClick={() => {
            for (const { name } of rest) dispatch({ type: "platformSet", platform: name, chosen: true, order });
          }}
        >
          {t("wizard:platforms.allWell")}
        </Button>
      )}
    </section>
  );
}
