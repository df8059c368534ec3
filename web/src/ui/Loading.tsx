// A loading indicator.
import { Center, Loader, VisuallyHidden } from "@mantine/core";

import { useMessages } from "@/i18n/useMessages";

export function Loading() {
  const { t } = useMessages();
  return (
    <Center py="xl" role="status">
      <Loader type="dots" />
      <VisuallyHidden>{t("ui:loading")}</VisuallyHidden>
    </Center>
  );
}
