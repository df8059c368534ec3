// The recovery codes of the second factor, shown once.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Copy } from "lucide-react";

import { useMessages } from "@/i18n/useMessages";
import { Notice } from "@/ui/Notice";

import styles from "./Settings.module.css";

export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useMessages();
  const clipboard = useClipboard();
  return (
    <Notice tone="good" title={t("settings:factor.codesTitle")} announced>
      <Stack gap="sm" mt="xs">
        <Text size="sm">{t("settings:factor.codesHint")}</Text>
        <ul className={styles["codes"]} aria-label={t("settings:factor.codes")}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <Group>
          <Button
            className={styles["button"]}
            leftSection={<Copy size={18} aria-hidden />}
            onClick={() => clipboard.copy(codes.join("\n"))}
          >
            {t("settings:factor.copy")}
          </Button>
          <Button variant="default" className={styles["button"]} onClick={onDone}>
            {t("settings:factor.done")}
          </Button>
        </Group>
        <Text size="sm" role="status">
          {clipboard.copied && t("settings:factor.copied")}
          {clipboard.error && t("settings:factor.notCopied")}
        </Text>
      </Stack>
    </Notice>
  );
}
