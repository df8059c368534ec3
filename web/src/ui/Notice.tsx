// A notice beside what it is about, with a tone, an optional title and an icon.
import { Stack, Text } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import styles from "./Notice.module.css";

interface Props {
  tone: "plain" | "warn" | "bad" | "good";
  title?: string;
  Icon?: LucideIcon;
  /** Whether screen readers announce it when it appears. */
  announced?: boolean;
  children?: ReactNode;
}

export function Notice({ tone, title, Icon, announced = false, children }: Props) {
  return (
    <div className={styles["notice"]} data-tone={tone} {...(announced ? { role: "status" } : {})}>
      {Icon && <Icon size={20} aria-hidden />}
      <Stack gap={4} className={styles["words"]}>
        {title !== undefined && <Text fw={650}>{title}</Text>}
        {typeof children === "string" ? <Text size="sm">{children}</Text> : children}
      </Stack>
    </div>
  );
}
