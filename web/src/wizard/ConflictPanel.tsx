// A conflict of two people or tabs: shows both versions of each field, and the person chooses.
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { GitCompareArrows } from "lucide-react";

import type { Translate } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";
import { platformLabel, type Platform } from "@/api/platforms";
import { DRAFT_FIELDS, isByPlatform, isDraftField, isList, type Draft, type Names } from "@/wizard/draftFields";
import type { Conflict } from "@/wizard/state";
import { findOption, optionText } from "@/ui/post/options";
import { useWizard } from "@/wizard/useWizard";

import section from "@/wizard/Section.module.css";

export function ConflictPanel({ conflict }: { conflict: Conflict }) {
  const { t } = useMessages();
  const { state, dispatch, platforms, accounts } = useWizard();
  const names: Names = {
    platforms: (list) => list.map((name) => platformLabel(platforms, name)).join(", "),
    accounts: (ids) =>
      accounts
        .filter(({ id }) => ids.includes(id))
        .map(({ name }) => name)
        .join(", "),
    option: (platform, name, value) => optionText(findOption(platforms, platform, name), value, t),
  };
  const resolve = (whose: "mine" | "theirs") => dispatch({ type: "conflictResolved", whose, at: new Date() });
  return (
    <Alert role="alert" color="yellow" icon={<GitCompareArrows aria-hidden />} title={t("wizard:conflict.title")}>
      <Stack gap="md">
        <Text size="sm">{t("wizard:conflict.hint")}</Text>
        {conflict.fields.map((name) => (
          <section key={name} aria-label={fieldLabel(name, platforms, t)}>
            <Text fw={600}>{fieldLabel(name, platforms, t)}</Text>
            <div className={section["versions"]}>
              <Version title={t("wizard:conflict.mine")} text={fieldValue(state.draft, name, names)} />
              <Version title={t("wizard:conflict.theirs")} text={fieldValue(conflict.theirs.draft, name, names)} />
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

/** Return the label of a path, e.g. "Text for Place" for `texts/place`. */
function fieldLabel(path: string, platforms: readonly Platform[], t: Translate): string {
  const [field = "", platform = "", name = ""] = path.split("/");
  if (!isDraftField(field)) return field;
  const option = findOption(platforms, platform, name)?.label ?? name;
  return t(DRAFT_FIELDS[field].label, { platform: platformLabel(platforms, platform), option });
}

function fieldValue(draft: Draft, path: string, names: Names): string {
  const [field = "", ...key] = path.split("/");
  if (!isDraftField(field)) return "";
  const value: unknown = isByPlatform(field)
    ? Object.entries(draft[field]).find(([name]) => name === key.join("/"))?.[1]
    : draft[field];
  if (field === "options") return names.option(key[0] ?? "", key[1] ?? "", value);
  if (isList(value)) return DRAFT_FIELDS[field].show?.(value, names) ?? value.join(", ");
  return typeof value === "string" ? value : "";
}
