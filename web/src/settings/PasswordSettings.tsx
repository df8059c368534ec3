// The password: set for the first time, or changed.
import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { Problem } from "@/api/problem";
import { useSession } from "@/api/session";
import { useWords } from "@/i18n/useWords";
import { useSetPassword } from "@/settings/calls";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

export function Password() {
  const { t } = useWords();
  const { user } = useSession();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useSetPassword();
  const wrong = (pointer: string) =>
    change.error instanceof Problem ? change.error.at(pointer)[0]?.detail : undefined;
  const toggle = { "aria-label": t("settings:password.show") };
  return (
    <Panel title={t("settings:password.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const clear = () => {
            setCurrent("");
            setFresh("");
          };
          change.mutate({ current: user.has_password ? current : null, fresh }, { onSuccess: clear });
        }}
      >
        <Stack gap="md" className={styles["narrow"]}>
          <Text>{user.has_password ? t("settings:password.change") : t("settings:password.first")}</Text>
          {/* For password managers, which ask whose it is. */}
          <input type="text" name="username" autoComplete="username" value={user.name} readOnly hidden />
          {user.has_password && (
            <PasswordInput
              label={t("settings:password.current")}
              autoComplete="current-password"
              required
              value={current}
              error={wrong("/current")}
              visibilityToggleButtonProps={toggle}
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
          )}
          <PasswordInput
            label={t("settings:password.new")}
            description={t("settings:password.hint")}
            autoComplete="new-password"
            required
            value={fresh}
            error={wrong("/new")}
            visibilityToggleButtonProps={toggle}
            onChange={(event) => setFresh(event.currentTarget.value)}
          />
          {wrong("") === undefined && <ProblemAlert error={change.error} />}
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
