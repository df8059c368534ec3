// A page's heading, which also names the browser's tab; focus arrives here when the page changes.
import { Group, Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";

interface Props {
  title: string;
  /** Stands to the right: what can be done on this page. */
  actions?: ReactNode;
}

export function PageHead({ title, actions }: Props) {
  useEffect(() => {
    document.title = `${title} · Araldo`;
  }, [title]);
  return (
    <Group justify="space-between" mb="lg">
      <Title order={1} size="h2" tabIndex={-1}>
        {title}
      </Title>
      {actions}
    </Group>
  );
}
