// The sheet with the preview on phones.
import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";

import { useMessages } from "@/i18n/useMessages";
import { useFocusReturn } from "@/ui/Dialog";

/** Open while mounted. */
export function PreviewSheet({ close, children }: { close: () => void; children: ReactNode }) {
  const { t } = useMessages();
  useFocusReturn();
  return (
    <Drawer
      opened
      onClose={close}
      position="bottom"
      size="85%"
      title={t("wizard:preview.title")}
      closeButtonProps={{ "aria-label": t("wizard:preview.close"), size: "xl" }}
    >
      {children}
    </Drawer>
  );
}
