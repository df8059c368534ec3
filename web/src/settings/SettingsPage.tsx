// What a person may set: the workspace, keys for programs, the password, and where they are signed in.
import { Stack, Text } from "@mantine/core";

import { useSession } from "@/api/session";
import { useWords } from "@/i18n/useWords";
import { Keys } from "@/settings/Keys";
import { NewWorkspace } from "@/settings/NewWorkspace";
import { Password } from "@/settings/Password";
import { SecondFactor } from "@/settings/SecondFactor";
import { Sessions } from "@/settings/Sessions";
import { Workspace } from "@/settings/Workspace";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";

export function SettingsPage() {
  const { t } = useWords();
  const { version, workspace } = useSession();
  return (
    <>
      <PageHead title={t("settings:title")} />
      <Stack gap="lg">
        {/* Another workspace has other values to begin with. */}
        <Workspace key={workspace.id} />
        <NewWorkspace />
        <Keys />
        <Password />
        <SecondFactor />
        <Sessions />
        <Panel title={t("settings:programs.title")}>
          <Stack gap="xs" align="start">
            <Text>{t("settings:programs.says")}</Text>
            {/* A page of the server's, and none of the router's. */}
            <a href="/api/docs" target="_blank" rel="noreferrer">
              {t("settings:programs.docs")}
            </a>
            <Text size="sm" c="dimmed">
              {t("settings:programs.version", { version })}
            </Text>
          </Stack>
        </Panel>
      </Stack>
    </>
  );
}
