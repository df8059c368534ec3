// The choice of a role, with what it allows.
import { NativeSelect } from "@mantine/core";

import type { Role } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { ROLES } from "@/settings/member-calls";

export function RoleSelect({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  const { t } = useMessages();
  return (
    <NativeSelect
      w="100%"
      label={t("settings:members.roleLabel")}
      description={t(`settings:members.may.${value}`)}
      value={value}
      data={ROLES.map((role) => ({ value: role, label: t(`settings:members.role.${role}`) }))}
      onChange={(event) => {
        const chosen = ROLES.find((role) => role === event.currentTarget.value);
        if (chosen) onChange(chosen);
      }}
    />
  );
}
