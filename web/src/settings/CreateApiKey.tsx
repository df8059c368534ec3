// A new API key, and the key itself, this once.
import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Copy, KeyRound } from "lucide-react";
import { useState } from "react";

import { useWords } from "@/i18n/useWords";
import { useMakeKey } from "@/settings/calls";
import { PasswordAgain, usePasswordAgain } from "@/settings/PasswordAgain";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

const DAY_MS = 24 * 60 * 60 * 1000;
const LIVES = ["never", "30", "90", "365"] as const;

export function MakeKey() {
  const { t } = useWords();
  const [name, setName] = useState("");
  const [lives, setLives] = useState<string>("never");
  const making = useMakeKey();
  const again = usePasswordAgain(making.error);
  if (making.data) return <Made secret={making.data.key} done={() => making.reset()} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const expiresAt = lives === "never" ? null : new Date(Date.now() + Number(lives) * DAY_MS).toISOString();
        const onSuccess = () => {
          setName("");
          again.clear();
        };
        making.mutate({ name, expiresAt, password: again.password }, { onSuccess });
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
          label={t("settings:keys.lives")}
          value={lives}
          data={LIVES.map((value) => ({
            value,
            label: value === "never" ? t("settings:keys.forEver") : t("settings:keys.days", { count: Number(value) }),
          }))}
          onChange={(event) => setLives(event.currentTarget.value)}
        />
        <PasswordAgain {...again} />
        {!again.explains && <ProblemAlert error={making.error} />}
        <Button
          type="submit"
          variant="default"
          className={styles["button"]}
          leftSection={<KeyRound size={18} aria-hidden />}
          loading={making.isPending}
        >
          {t("settings:keys.make")}
        </Button>
      </Stack>
    </form>
  );
}

function Made({ secret, done }: { secret: string; done: () => void }) {
  const { t } = useWords();
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
          <Button variant="default" className={styles["button"]} onClick={done}>
            {t("settings:keys.kept")}
          </Button>
        </Group>
        <Text size="sm" role="status">
          {clipboard.copied && t("settings:keys.copied")}
          {/* Browsers lend the clipboard to https and to this machine only. */}
          {clipboard.error && t("settings:keys.notCopied")}
        </Text>
      </Stack>
    </Notice>
  );
}
