// A secret that is shown once, to copy.
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Copy } from "lucide-react";

import { useMessages } from "@/i18n/useMessages";
import { Notice } from "@/ui/Notice";

import styles from "./Settings.module.css";

interface Props {
  title: string;
  label: string;
  copyLabel: string;
  secret: string;
  onDone: () => void;
}

export function SecretOnce({ title, label, copyLabel, secret, onDone }: Props) {
  const { t } = useMessages();
  const clipboard = useClipboard();
  return (
    <Notice tone="good" title={title} announced>
      <Stack gap="sm" mt="xs">
        <TextInput
          readOnly
          label={label}
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
            {copyLabel}
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
