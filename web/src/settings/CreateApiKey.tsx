// The form for a new API key, and the key itself, shown once.
import { Button, NativeSelect, Stack, TextInput } from "@mantine/core";
import { KeyRound } from "lucide-react";
import { useState } from "react";

import { useMessages } from "@/i18n/useMessages";
import { KEY_LEVELS, levelScopes } from "@/settings/keyLevels";
import { useCreateKey } from "@/settings/calls";
import { PasswordConfirmation, usePasswordConfirmation } from "@/settings/PasswordConfirmation";
import { SecretOnce } from "@/settings/SecretOnce";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

const DAY_MS = 24 * 60 * 60 * 1000;
const LIFETIMES = ["never", "30", "90", "365"] as const;

export function CreateApiKey() {
  const { t } = useMessages();
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState<string>("never");
  const [level, setLevel] = useState<string>("all");
  const creating = useCreateKey();
  const confirmation = usePasswordConfirmation(creating.error);
  if (creating.data)
    return (
      <SecretOnce
        title={t("settings:keys.once")}
        label={t("settings:keys.secret")}
        copyLabel={t("settings:keys.copy")}
        secret={creating.data.key}
        onDone={() => creating.reset()}
      />
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const expiresAt = lifetime === "never" ? null : new Date(Date.now() + Number(lifetime) * DAY_MS).toISOString();
        const onSuccess = () => {
          setName("");
          confirmation.clear();
        };
        creating.mutate(
          { name, scopes: levelScopes(level), expiresAt, password: confirmation.password },
          { onSuccess },
        );
      }}
    >
      <Stack gap="md" className={styles["narrow"]} align="start">
        <TextInput
          w="100%"
          label={t("settings:keys.name")}
          description={t("settings:keys.nameHint")}
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          w="100%"
          label={t("settings:keys.level.label")}
          value={level}
          data={KEY_LEVELS.map((value) => ({ value, label: t(`settings:keys.level.${value}`) }))}
          onChange={(event) => setLevel(event.currentTarget.value)}
        />
        <NativeSelect
          w="100%"
          label={t("settings:keys.lifetime")}
          value={lifetime}
          data={LIFETIMES.map((value) => ({
            value,
            label: value === "never" ? t("settings:keys.unlimited") : t("settings:keys.days", { count: Number(value) }),
          }))}
          onChange={(event) => setLifetime(event.currentTarget.value)}
        />
        <PasswordConfirmation {...confirmation} />
        {!confirmation.explains && <ProblemAlert error={creating.error} />}
        <Button
          type="submit"
          variant="default"
          className={styles["button"]}
          leftSection={<KeyRound size={18} aria-hidden />}
          loading={creating.isPending}
        >
          {t("settings:keys.create")}
        </Button>
      </Stack>
    </form>
  );
}
