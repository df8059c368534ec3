// Another workspace, for another brand: made, and gone to.
import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { useChangeSession, useSession } from "@/api/session";
import { useWords } from "@/i18n/useWords";
import { makeWorkspace } from "@/settings/calls";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

export function NewWorkspace() {
  const { t, language } = useWords();
  const { workspace } = useSession();
  const [name, setName] = useState("");
  const router = useRouter();
  const { mutateAsync: go } = useChangeSession();
  const making = useMutation({
    mutationFn: async () => {
      const made = await makeWorkspace(name, workspace.zone, language);
      await go({ workspace_id: made.id });
    },
    onSuccess: () => router.navigate({ to: "/" }),
  });
  return (
    <Panel title={t("settings:another.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate();
        }}
      >
        <Stack gap="md" className={styles["narrow"]} align="start">
          <Text>{t("settings:another.says")}</Text>
          <TextInput
            w="100%"
            label={t("settings:another.name")}
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ProblemAlert error={making.error} />
          <Button type="submit" variant="default" className={styles["button"]} loading={making.isPending}>
            {t("settings:another.make")}
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}
