// A dialog that asks before an action that cannot be undone. The safe answer has the focus.
import { Button, Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";

import { Dialog } from "@/ui/Dialog";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./ConfirmDialog.module.css";

interface Props {
  title: string;
  confirmLabel: string;
  cancelLabel: string;
  isPending: boolean;
  error: unknown;
  onConfirm: () => void;
  close: () => void;
  /** What the action means. */
  children: ReactNode;
}

export function ConfirmDialog({
  title,
  confirmLabel,
  cancelLabel,
  isPending,
  error,
  onConfirm,
  close,
  children,
}: Props) {
  return (
    <Dialog title={title} close={close}>
      <Stack>
        {children}
        <ProblemAlert error={error} />
        <Group>
          <Button color="red.8" className={styles["button"]} loading={isPending} onClick={onConfirm}>
            {confirmLabel}
          </Button>
          <Button variant="default" className={styles["button"]} data-autofocus onClick={close}>
            {cancelLabel}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
