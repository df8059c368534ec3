// The workspace's name, the language of its e-mails, and its time zone.
import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { Problem } from "@/api/problem";
import { useSession } from "@/api/session";
import { isLanguage, languageName, type Language, LANGUAGES } from "@/i18n/language";
import { useMessages } from "@/i18n/useMessages";
import { useChangeWorkspace } from "@/api/workspaces";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { currentZoneName, listTimeZones } from "@/i18n/dateTime";

import styles from "./Settings.module.css";

export function WorkspaceSettings() {
  const { t, language: current } = useMessages();
  const { workspace } = useSession();
  const [name, setName] = useState(workspace.name);
  // Sent only when chosen here: until then the workspace's language follows its first member.
  const [language, setLanguage] = useState<Language | null>(null);
  const [zone, setZone] = useState(currentZoneName(workspace.zone));
  const change = useChangeWorkspace(workspace.id);
  const zoneProblem = change.error instanceof Problem ? change.error.entriesAt("/zone")[0]?.detail : undefined;
  return (
    <Panel title={t("settings:workspace.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ name, zone, ...(language !== null && { language }) });
        }}
      >
        <Stack gap="md" className={styles["narrow"]}>
          <TextInput
            label={t("settings:workspace.name")}
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={t("settings:workspace.language")}
            description={t("settings:workspace.languageHint")}
            value={language ?? workspace.language}
            data={LANGUAGES.map((value) => ({ value, label: languageName(value, current) }))}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              if (isLanguage(chosen)) setLanguage(chosen);
            }}
          />
          <NativeSelect
            label={t("settings:workspace.zone")}
            description={t("settings:workspace.zoneHint")}
            value={zone}
            error={zoneProblem}
            data={listTimeZones(zone, workspace.zone)}
            onChange={(event) => setZone(event.currentTarget.value)}
          />
          {zoneProblem === undefined && <ProblemAlert error={change.error} />}
          <Group>
            <Button type="submit" className={styles["button"]} loading={change.isPending}>
              {t("settings:save")}
            </Button>
            <Text role="status">{change.isSuccess && t("settings:saved")}</Text>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
