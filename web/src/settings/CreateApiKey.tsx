// The form for a new API key, and the key itself, shown once.
import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Copy, KeyRound } from "lucide-react";
import { useState } from "react";

import { useMessages } from "@/i18n/useMessages";
import { useCreateKey } from "@/settings/calls";
import { PasswordConfirmation, usePasswordConfirmation } from "@/settings/PasswordConfirmation";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

const DAY_MS = 24 * 60 * 60 * 1000;
const LIFETIMES = ["never", "30", "90", "365"] as const;

export function CreateApiKey() {
  const { t } = useMessages();
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState<string>("never");
  const creating = useCreateKey();
  const confirmation = usePasswordConfirmation(creating.error);
  if (creating.data) return <CreatedKey secret={creating.data.key} onDone={() => creating.reset()} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const expiresAt = lifetime === "never" ? null : new Date(Date.now() + Number(lifetime) * DAY_MS).toISOString();
        const onSuccess = () => {
          setName("");
          confirmation.clear();
        };
        creating.mutate({ name, expiresAt, password: confirmation.password }, { onSuccess });
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

function CreatedKey({ secret, onDone }: { secret: string; onDone: () => void }) {
  const { t } = useMessages();
  const clipboard = useClipboard();
  return (
    <Notice tone="good" title={t("settings:keys.once")} announced>
      <Stack gap="sm" mt="xs">
        <TextInput
          readOnly
          label={t("settings:keys.secret")}
          value={secret}
          classNames={{ input: styles["secret"] ?? "" }}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Group>
          <Button
            className={styles["button"]}
            leftSection={<Copy size={18} aria-hidden />}
            onClick={() => clipboard.copy(secret)}
          >
            {t("settings:keys.copy")}
          </Button>
          <Button variant="default" className={styles["button"]} onClick={onDone}>
            {t("settings:keys.done")}
          </Button>
        </Group>
        <Text size="sm" role="status">
          {clipboard.copied && t("settings:keys.copied")}
          {/* Browsers allow the clipboard on https and localhost only. */}
          {clipboard.error && t("settings:keys.notCopied")}
        </Text>
      </Stack>
    </Notice>
  );
}
