// A modal dialog with a title and a close button.
import { CloseButton, Group, Modal } from "@mantine/core";
import { useEffect, type ReactNode } from "react";

import { useMessages } from "@/i18n/useMessages";

interface Props {
  title: string;
  close: () => void;
  size?: "md" | "lg" | "xl";
  children: ReactNode;
}

/** Open while mounted. Not Mantine's own header, which screen readers announce as a second banner. */
export function Dialog({ title, close, size = "md", children }: Props) {
  const { t } = useMessages();
  useFocusReturn();
  return (
    <Modal.Root opened onClose={close} size={size} centered>
      <Modal.Overlay />
      <Modal.Content radius="lg">
        <Modal.Body p="lg">
          <Group justify="space-between" wrap="nowrap" mb="md">
            <Modal.Title fw={680} fz="lg">
              {title}
            </Modal.Title>
            <CloseButton size={44} onClick={close} aria-label={t("ui:close")} />
          </Group>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** Return the focus to where it was before the dialog; Mantine does so only where a dialog outlives its opening. */
export function useFocusReturn(): void {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
}
