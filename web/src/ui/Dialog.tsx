// A window over the page, with its name and the way to close it; Escape closes it, too.
import { CloseButton, Group, Modal } from "@mantine/core";
import type { ReactNode } from "react";

import { useWords } from "@/i18n/useWords";

interface Props {
  title: string;
  close: () => void;
  size?: "md" | "lg" | "xl";
  children: ReactNode;
}

/** Open while it is mounted. Mantine's own head is a second banner for who cannot see it, so it is not used. */
export function Dialog({ title, close, size = "md", children }: Props) {
  const { t } = useWords();
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
