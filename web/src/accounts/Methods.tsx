// The ways to connect accounts of one service: the first one, and the others to be unfolded.
import { Stack } from "@mantine/core";

import type { Method } from "@/accounts/calls";
import { MethodForm } from "@/accounts/MethodForm";

import styles from "./AccountsPage.module.css";

interface Props {
  service: string;
  methods: readonly Method[];
  /** Where to go once an account is connected. */
  next: string | undefined;
}

export function Methods({ service, methods, next }: Props) {
  const [first, ...others] = methods;
  if (!first) return null;
  return (
    <Stack gap="md">
      <MethodForm service={service} method={first} next={next} />
      {others.map((method) => (
        <details key={method.name}>
          <summary className={styles["summary"]}>{method.title}</summary>
          <MethodForm service={service} method={method} next={next} isSecondary />
        </details>
      ))}
    </Stack>
  );
}
