// Something is on its way.
import { Center, Loader, VisuallyHidden } from "@mantine/core";

import { useWords } from "@/i18n/useWords";

export function Loading() {
  const { t } = useWords();
  return (
    <Center py="xl" role="status">
      <Loader type="dots" />
      <VisuallyHidden>{t("ui:loading")}</VisuallyHidden>
    </Center>
  );
}
