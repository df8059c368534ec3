// Shown in place of an empty list: a message, and what to do.
import { Stack, Text } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import styles from "./EmptyState.module.css";

interface Props {
  message: string;
  Icon?: LucideIcon;
  action?: ReactNode;
}

export function EmptyState({ message, Icon, action }: Props) {
  return (
    <Stack align="center" gap="md" className={styles["empty"]}>
      {Icon && <Icon size={36} strokeWidth={1.5} aria-hidden />}
      <Text ta="center">{message}</Text>
      {action}
    </Stack>
  );
}
