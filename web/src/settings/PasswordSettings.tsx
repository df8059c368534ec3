// The form to set or change the password.
import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { Problem } from "@/api/problem";
import { useSession } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { useSetPassword } from "@/settings/calls";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

export function PasswordSettings() {
  const { t } = useMessages();
  const { user } = useSession();
  const [current, setCurrent] = useState("");
  const [newPassword, setNewPassword] = useState("");
  const change = useSetPassword();
  const problemAt = (pointer: string) =>
    change.error instanceof Problem ? change.error.entriesAt(pointer)[0]?.detail : undefined;
  const toggle = { "aria-label": t("settings:password.show") };
  return (
    <Panel title={t("settings:password.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const clear = () => {
            setCurrent("");
            setNewPassword("");
          };
          change.mutate({ current: user.has_password ? current : null, newPassword }, { onSuccess: clear });
        }}
      >
        <Stack gap="md" className={styles["narrow"]}>
          <Text>
            {t(user.has_password ? "settings:password.change" : "settings:password.first", { name: user.name })}
          </Text>
          {/* For password managers. */}
          <input type="text" name="username" autoComplete="username" value={user.name} readOnly hidden />
          {user.has_password && (
            <PasswordInput
              label={t("settings:password.current")}
              autoComplete="current-password"
              required
              value={current}
              error={problemAt("/current")}
              visibilityToggleButtonProps={toggle}
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
          )}
          <PasswordInput
            label={t("settings:password.new")}
            description={t("settings:password.hint")}
            autoComplete="new-password"
            required
            value={newPassword}
            error={problemAt("/new")}
            visibilityToggleButtonProps={toggle}
            onChange={(event) => setNewPassword(event.currentTarget.value)}
          />
          {problemAt("") === undefined && <ProblemAlert error={change.error} />}
          <Group>
            <Button type="submit" variant="default" className={styles["button"]} loading={change.isPending}>
              {t("settings:password.set")}
            </Button>
            <Text role="status">{change.isSuccess && t("settings:password.done")}</Text>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
