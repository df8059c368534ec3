// The list of keyboard shortcuts, with the switch for those of single characters.
import { Stack, Switch, Text, Title } from "@mantine/core";

import { FOCUS_KEYS, GROUPS, type Command } from "@/app/commands/commands";
import { Keys } from "@/app/commands/Keys";
import { useCharacterShortcuts } from "@/app/commands/preference";
import type { Shortcut } from "@/app/commands/shortcuts";
import { useMessages } from "@/i18n/useMessages";
import { Dialog } from "@/ui/Dialog";

import styles from "./commands.module.css";

interface Props {
  commands: readonly Command[];
  userId: string;
  close: () => void;
}

export function ShortcutSheet({ commands, userId, close }: Props) {
  const { t } = useMessages();
  const [hasCharacters, setHasCharacters] = useCharacterShortcuts(userId);
  return (
    <Dialog title={t("app:commands.shortcuts")} close={close} size="lg">
      <Stack gap="lg">
        <Switch
          size="md"
          label={t("commands:characters")}
          description={t("commands:charactersHint")}
          checked={hasCharacters}
          onChange={(event) => setHasCharacters(event.currentTarget.checked)}
        />
        {GROUPS.map((group) => (
          <ShortcutGroup
            key={group}
            title={t(`commands:group.${group}`)}
            rows={commands
              .filter((command) => command.group === group)
              .map(({ label, shortcuts = [] }) => ({ label: t(label), shortcuts }))}
          />
        ))}
        <ShortcutGroup
          title={t("commands:group.focus")}
          rows={FOCUS_KEYS.map(({ label, shortcut }) => ({ label: t(label), shortcuts: [shortcut] }))}
        />
      </Stack>
    </Dialog>
  );
}

function ShortcutGroup({ title, rows }: { title: string; rows: { label: string; shortcuts: readonly Shortcut[] }[] }) {
  const { t } = useMessages();
  const shown = rows.filter(({ shortcuts }) => shortcuts.length > 0);
  if (shown.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h6" mb="xs">
        {title}
      </Title>
      <dl className={styles["sheet"]}>
        {shown.map(({ label, shortcuts }) => (
          <div key={label} className={styles["row"]}>
            <dt>{label}</dt>
            <dd>
              {shortcuts.map((shortcut, index) => (
                <span key={shortcut.join()}>
                  {index > 0 && (
                    <Text span size="sm" c="dimmed">
                      {" "}
                      {t("commands:or")}{" "}
                    </Text>
                  )}
                  <Keys shortcut={shortcut} />
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
