// The way to the accounts, and back to this step.
import { Link, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";

import styles from "@/wizard/Parts.module.css";

export function ToAccounts({ children }: { children: ReactNode }) {
  const next = useLocation({ select: ({ href }) => href });
  return (
    <Link to="/accounts" search={{ next }} className={styles["link"]}>
      {children}
    </Link>
  );
}
