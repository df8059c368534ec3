// What is shown only to people whose role allows it, and what the others read instead.
import { ShieldAlert } from "lucide-react";
import type { ReactNode } from "react";

import { useMay, useSession, type Permission } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { Notice } from "@/ui/Notice";

/** Show nothing to people without the permission. */
export function Allowed({ to, children }: { to: Permission; children: ReactNode }) {
  return useMay(to) ? children : null;
}

/** Why something is not offered, by the person's role; nothing for owners. */
export function RoleNotice() {
  const { t } = useMessages();
  const { role } = useSession();
  if (role === "owner") return null;
  return (
    <Notice tone="plain" Icon={ShieldAlert}>
      {t(`ui:role.${role}`)}
    </Notice>
  );
}
