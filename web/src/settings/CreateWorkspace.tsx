// The form for a new workspace, which is opened once it is created.
import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { useChangeSession } from "@/api/session";
import { createWorkspace } from "@/api/workspaces";
import { browserTimeZone } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

export function CreateWorkspace() {
  const { t } = useMessages();
  const [name, setName] = useState("");
  const router = useRouter();
  const { mutateAsync: changeSession } = useChangeSession();
  const creating = useMutation({
    mutationFn: async () => {
      // A new workspace has the zone of the browser that creates it, and follows the language of its first member.
      const created = await createWorkspace({ name, zone: browserTimeZone() });
      await changeSession({ workspace_id: created.id });
    },
    onSuccess: () => router.navigate({ to: "/" }),
  });
  return (
    <Panel title={t("settings:newWorkspace.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          creating.mutate();
        }}
      >
        <Stack gap="md" className={styles["narrow"]} align="start">
          <Text>{t("settings:newWorkspace.hint")}</Text>
          <TextInput
            w="100%"
            label={t("settings:newWorkspace.name")}
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ProblemAlert error={creating.error} />
          <Button type="submit" variant="default" className={styles["button"]} loading={creating.isPending}>
            {t("settings:newWorkspace.submit")}
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}
