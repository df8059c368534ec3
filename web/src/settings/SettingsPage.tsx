// The settings: workspaces, API keys, notifications, password, second factor, sessions.
import { Stack, Text } from "@mantine/core";

import { useSession } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { ApiKeys } from "@/settings/ApiKeys";
import { ApprovalSetting } from "@/settings/ApprovalSetting";
import { CreateWorkspace } from "@/settings/CreateWorkspace";
import { PasswordSettings } from "@/settings/PasswordSettings";
import { PushNotifications } from "@/settings/PushNotifications";
import { SecondFactor } from "@/settings/SecondFactor";
import { Sessions } from "@/settings/Sessions";
import { SettingsLinks } from "@/settings/SettingsLinks";
import { WorkspaceSettings } from "@/settings/WorkspaceSettings";
import { Allowed, RoleNotice } from "@/ui/Allowed";
import { FirstUseHint } from "@/ui/FirstUseHint";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";

export function SettingsPage() {
  const { t } = useMessages();
  const { version, workspace } = useSession();
  return (
    <>
      <PageHeader title={t("settings:title")} />
      <Stack gap="lg">
        <FirstUseHint name="settings" text={t("settings:firstUse")} />
        <RoleNotice />
        <SettingsLinks />
        <Allowed to="manage">
          {/* A key, because the form's initial values are the workspace's. */}
          <WorkspaceSettings key={workspace.id} />
          <ApprovalSetting />
          <CreateWorkspace />
          <ApiKeys />
        </Allowed>
        <Allowed to="publish">
          {/* A key, because the result of a switch is about one workspace. */}
          <PushNotifications key={workspace.id} />
        </Allowed>
        <PasswordSettings />
        <SecondFactor />
        <Sessions />
        <Panel title={t("settings:programs.title")}>
          <Stack gap="xs" align="start">
            <Text>{t("settings:programs.hint")}</Text>
            {/* A page of the server, not a route. */}
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
