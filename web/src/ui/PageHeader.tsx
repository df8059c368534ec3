// A page's heading; also sets the tab's title, and takes the focus after navigation.
import { Group, Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";

interface Props {
  title: string;
  /** To the right of the heading. */
  actions?: ReactNode;
}

export function PageHeader({ title, actions }: Props) {
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
