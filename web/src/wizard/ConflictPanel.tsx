// A conflict of two people or tabs: shows both versions of each field, and the person chooses.
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { GitCompareArrows } from "lucide-react";

import type { Translate } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";
import { platformLabel, type Platform } from "@/api/platforms";
import type { Account } from "@/api/accounts";
import type { Draft } from "@/wizard/draft";
import type { Conflict } from "@/wizard/state";
import { useWizard } from "@/wizard/useWizard";

import section from "@/wizard/Section.module.css";

export function ConflictPanel({ conflict }: { conflict: Conflict }) {
  const { t } = useMessages();
  const { state, dispatch, platforms, accounts } = useWizard();
  const resolve = (whose: "mine" | "theirs") => dispatch({ type: "conflictResolved", whose, at: new Date() });
  return (
    <Alert role="alert" color="yellow" icon={<GitCompareArrows aria-hidden />} title={t("wizard:conflict.title")}>
      <Stack gap="md">
        <Text size="sm">{t("wizard:conflict.hint")}</Text>
        {conflict.fields.map((name) => (
          <section key={name} aria-label={fieldLabel(name, platforms, t)}>
            <Text fw={600}>{fieldLabel(name, platforms, t)}</Text>
            <div className={section["versions"]}>
              <Version title={t("wizard:conflict.mine")} text={fieldValue(state.draft, name, platforms, accounts)} />
              <Version
                title={t("wizard:conflict.theirs")}
                text={fieldValue(conflict.theirs.draft, name, platforms, accounts)}
              />
            </div>
          </section>
        ))}
        <Group>
          <Button className={section["button"]} onClick={() => resolve("mine")}>
            {t("wizard:conflict.keepMine")}
          </Button>
          <Button className={section["button"]} variant="default" onClick={() => resolve("theirs")}>
            {t("wizard:conflict.useTheirs")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function Version({ title, text }: { title: string; text: string }) {
  const { t } = useMessages();
  return (
    <div className={section["version"]}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Text className={section["text"]}>{text || t("wizard:conflict.empty")}</Text>
    </div>
  );
}

const LABELS = {
  content: "wizard:text.label",
  cta: "wizard:cta.label",
  hashtags: "wizard:hashtags.label",
  platforms: "wizard:steps.platforms",
  texts: "wizard:conflict.textOn",
  accounts: "wizard:conflict.accountOn",
  shapes: "wizard:conflict.shapeOn",
} as const;

/** Return the label of a path, e.g. "Text for Instagram" for `texts/instagram`. */
function fieldLabel(name: string, platforms: readonly Platform[], t: Translate): string {
  const [field = "", platform = ""] = name.split("/");
  return Object.hasOwn(LABELS, field)
    ? t(LABELS[field as keyof typeof LABELS], { platform: platformLabel(platforms, platform) })
    : field;
}

function fieldValue(draft: Draft, name: string, platforms: readonly Platform[], accounts: readonly Account[]): string {
  const [field = "", platform = ""] = name.split("/");
  const text: Record<string, () => string | undefined> = {
    content: () => draft.content,
    cta: () => draft.cta,
    hashtags: () => draft.hashtags.map((tag) => `#${tag}`).join(" "),
    platforms: () => draft.platforms.map((one) => platformLabel(platforms, one)).join(", "),
    accounts: () =>
      accounts
        .filter(({ id }) => draft.accounts[platform]?.includes(id))
        .map(({ name }) => name)
        .join(", "),
    texts: () => draft.texts[platform],
    shapes: () => draft.shapes[platform],
  };
  return text[field]?.() ?? "";
}
