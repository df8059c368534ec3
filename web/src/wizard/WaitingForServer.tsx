// What a step shows that needs a saved post while there is none.
import { Card, Text } from "@mantine/core";

import { useWords } from "@/i18n/useWords";
import { Loading } from "@/ui/Loading";
import { useWizard } from "@/wizard/useWizard";

/** There is no post yet, and there cannot be one before the server answers. */
export function NotYet() {
  const { t } = useWords();
  const { state } = useWizard();
  if (state.saving.kind !== "offline" && state.saving.kind !== "failed") return <Loading />;
  return (
    <Card withBorder radius="lg">
      <Text>{t("wizard:notYet")}</Text>
    </Card>
  );
}
