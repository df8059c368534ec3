// Something worth knowing where it matters: by its colour, its heading and its words.
import { Stack, Text } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import styles from "./Notice.module.css";

interface Props {
  tone: "plain" | "warn" | "bad" | "good";
  title?: string;
  Icon?: LucideIcon;
  /** Announced when it appears; otherwise it is read where it stands. */
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
