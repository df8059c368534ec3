// A framed section of a page with a heading.
import { Group, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";

import styles from "./Panel.module.css";

interface Props {
  title: string;
  /** To the right of the heading. */
  action?: ReactNode;
  children: ReactNode;
}

export function Panel({ title, action, children }: Props) {
  const id = useId();
  return (
    <section className={styles["panel"]} aria-labelledby={id}>
      <Group justify="space-between" mb="md">
        <Title order={2} size="h4" id={id}>
          {title}
        </Title>
        {action}
      </Group>
      {children}
    </section>
  );
}
