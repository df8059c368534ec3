// A secret that is shown once, to copy.
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Copy } from "lucide-react";

import { Notice } from "@/ui/Notice";

import styles from "./SecretOnce.module.css";

interface Props {
  title: string;
  label: string;
  copyLabel: string;
  copiedText: string;
  /** Where the browser does not allow copying. */
  notCopiedText: string;
  doneLabel: string;
  secret: string;
  onDone: () => void;
}

export function SecretOnce({ title, label, copyLabel, copiedText, notCopiedText, doneLabel, secret, onDone }: Props) {
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
            {doneLabel}
          </Button>
        </Group>
        <Text size="sm" role="status">
          {clipboard.copied && copiedText}
          {/* Browsers allow the clipboard on https and localhost only. */}
          {clipboard.error && notCopiedText}
        </Text>
      </Stack>
    </Notice>
  );
}
