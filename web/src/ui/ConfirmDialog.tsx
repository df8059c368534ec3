// Asks before what cannot be taken back, or not everywhere. The safe answer has the focus.
import { Button, Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";

import { Dialog } from "@/ui/Dialog";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./ConfirmDialog.module.css";

interface Props {
  title: string;
  /** What the button says that does it, and the one that does not. */
  confirm: string;
  keep: string;
  busy: boolean;
  error: unknown;
  act: () => void;
  close: () => void;
  /** What it means. */
  children: ReactNode;
}

export function ConfirmDialog({ title, confirm, keep, busy, error, act, close, children }: Props) {
  return (
    <Dialog title={title} close={close}>
      <Stack>
        {children}
        <ProblemAlert error={error} />
        <Group>
          <Button color="red.8" className={styles["button"]} loading={busy} onClick={act}>
            {confirm}
          </Button>
          <Button variant="default" className={styles["button"]} data-autofocus onClick={close}>
            {keep}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
