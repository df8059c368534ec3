// A link to the accounts that leads back to this step.
import { Link, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";

import section from "@/wizard/Section.module.css";

export function AccountsLink({ children }: { children: ReactNode }) {
  const next = useLocation({ select: ({ href }) => href });
  return (
    <Link to="/accounts" search={{ next }} className={section["link"]}>
      {children}
    </Link>
  );
}
