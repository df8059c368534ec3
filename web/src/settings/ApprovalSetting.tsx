// Whether the workspace's posts go out only when they are approved.
import { Stack, Switch } from "@mantine/core";

import { useSession } from "@/api/session";
import { useChangeWorkspace } from "@/api/workspaces";
import { useMessages } from "@/i18n/useMessages";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

export function ApprovalSetting() {
  const { t } = useMessages();
  const { workspace } = useSession();
  const change = useChangeWorkspace(workspace.id);
  const isRequired = change.isPending ? change.variables.approval_required === true : workspace.approval_required;
  return (
    <Panel title={t("approval:setting.title")}>
      <Stack gap="md" className={styles["narrow"]}>
        <Switch
          size="md"
          label={t("approval:setting.label")}
          description={t("approval:setting.hint")}
          checked={isRequired}
          disabled={change.isPending}
          onChange={(event) => change.mutate({ approval_required: event.currentTarget.checked })}
        />
        <ProblemAlert error={change.error} />
      </Stack>
    </Panel>
  );
}
