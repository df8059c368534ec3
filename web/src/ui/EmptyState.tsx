// Nothing is here: says so, and what to do about it.
import { Stack, Text } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import styles from "./EmptyState.module.css";

interface Props {
  says: string;
  Icon?: LucideIcon;
  action?: ReactNode;
}

export function EmptyState({ says, Icon, action }: Props) {
  return (
    <Stack align="center" gap="md" className={styles["empty"]}>
      {Icon && <Icon size={36} strokeWidth={1.5} aria-hidden />}
      <Text ta="center">{says}</Text>
      {action}
    </Stack>
  );
}
