// Two people, or two tabs, have changed the same thing: both are shown, and one is chosen. Nothing is lost unseen.
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { GitCompareArrows } from "lucide-react";

import type { Translate } from "@/i18n/keys";
import { useWords } from "@/i18n/useWords";
import { labelOf, type Platform } from "@/api/platforms";
import type { Account } from "@/api/accounts";
import type { Draft } from "@/wizard/draft";
import type { Conflict } from "@/wizard/state";
import { useWizard } from "@/wizard/useWizard";

import styles from "./Parts.module.css";

export function ConflictPanel({ conflict }: { conflict: Conflict }) {
  const { t } = useWords();
  const { state, dispatch, platforms, accounts } = useWizard();
  const settle = (whose: "mine" | "theirs") => dispatch({ type: "settled", whose, at: new Date() });
  return (
    <Alert role="alert" color="yellow" icon={<GitCompareArrows aria-hidden />} title={t("wizard:conflict.title")}>
      <Stack gap="md">
        <Text size="sm">{t("wizard:conflict.says")}</Text>
        {conflict.over.map((name) => (
          <section key={name} aria-label={nameOf(name, platforms, t)}>
            <Text fw={600}>{nameOf(name, platforms, t)}</Text>
            <div className={styles["both"]}>
              <Version title={t("wizard:conflict.mine")} says={valueOf(state.draft, name, platforms, accounts)} />
              <Version
                title={t("wizard:conflict.theirs")}
                says={valueOf(conflict.theirs.draft, name, platforms, accounts)}
              />
            </div>
          </section>
        ))}
        <Group>
          <Button className={styles["act"]} onClick={() => settle("mine")}>
            {t("wizard:conflict.keepMine")}
          </Button>
          <Button className={styles["act"]} variant="default" onClick={() => settle("theirs")}>
            {t("wizard:conflict.takeTheirs")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function Version({ title, says }: { title: string; says: string }) {
  const { t } = useWords();
  return (
    <div className={styles["version"]}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Text className={styles["text"]}>{says || t("wizard:conflict.nothing")}</Text>
    </div>
  );
}

const NAMES = {
  content: "wizard:text.label",
  cta: "wizard:cta.label",
  hashtags: "wizard:hashtags.label",
  platforms: "wizard:steps.platforms",
  texts: "wizard:conflict.textOn",
  accounts: "wizard:conflict.accountOn",
  shapes: "wizard:conflict.shapeOn",
} as const;

/** Of `texts/instagram`: "Text for Instagram". */
function nameOf(name: string, platforms: readonly Platform[], t: Translate): string {
  const [field = "", platform = ""] = name.split("/");
  return Object.hasOwn(NAMES, field)
    ? t(NAMES[field as keyof typeof NAMES], { platform: labelOf(platforms, platform) })
    : field;
}

function valueOf(draft: Draft, name: string, platforms: readonly Platform[], accounts: readonly Account[]): string {
  const [field = "", platform = ""] = name.split("/");
  const says: Record<string, () => string | undefined> = {
    content: () => draft.content,
    cta: () => draft.cta,
    hashtags: () => draft.hashtags.map((tag) => `#${tag}`).join(" "),
    platforms: () => draft.platforms.map((one) => labelOf(platforms, one)).join(", "),
    accounts: () => accounts.find(({ id }) => id === draft.accounts[platform])?.name,
    texts: () => draft.texts[platform],
    shapes: () => draft.shapes[platform],
  };
  return says[field]?.() ?? "";
}
