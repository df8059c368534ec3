// Shown in place of a step that needs a saved post, until there is one.
import { Card, Text } from "@mantine/core";

import { useMessages } from "@/i18n/useMessages";
import { Loading } from "@/ui/Loading";
import { useWizard } from "@/wizard/useWizard";

export function WaitingForServer() {
  const { t } = useMessages();
  const { state } = useWizard();
  if (state.saveStatus.kind !== "offline" && state.saveStatus.kind !== "failed") return <Loading />;
  return (
    <Card withBorder radius="lg">
      <Text>{t("wizard:waitingForServer")}</Text>
    </Card>
  );
}
