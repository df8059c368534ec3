// The dialogs that change a member's role and remove a member.
import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";

import type { Role } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { useChangeRole, useRemoveMember, type Member } from "@/settings/member-calls";
import { RoleSelect } from "@/settings/RoleSelect";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Dialog } from "@/ui/Dialog";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

interface Props {
  member: Member;
  close: () => void;
}

export function ChangeRoleDialog({ member, close }: Props) {
  const { t } = useMessages();
  const [role, setRole] = useState<Role>(member.role);
  const [keepKeys, setKeepKeys] = useState(false);
  const changing = useChangeRole(member);
  return (
    <Dialog title={t("settings:members.changeTitle", { name: member.name })} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          changing.mutate({ role, keepKeys }, { onSuccess: close });
        }}
      >
        <Stack>
          <RoleSelect value={role} onChange={setRole} />
          {role !== "owner" && <KeepKeys member={member} checked={keepKeys} onChange={setKeepKeys} />}
          <ProblemAlert error={changing.error} />
          <Group>
            <Button type="submit" className={styles["button"]} loading={changing.isPending}>
              {t("settings:members.changeConfirm")}
            </Button>
            <Button variant="default" className={styles["button"]} onClick={close}>
              {t("settings:members.changeCancel", { role: t(`settings:members.role.${member.role}`) })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

export function RemoveMemberDialog({ member, close }: Props) {
  const { t } = useMessages();
  const [keepKeys, setKeepKeys] = useState(false);
  const removing = useRemoveMember(member);
  return (
    <ConfirmDialog
      title={t("settings:members.removeTitle", { name: member.name })}
      confirmLabel={t("settings:members.removeConfirm")}
      cancelLabel={t("settings:members.removeCancel")}
      isPending={removing.isPending}
      error={removing.error}
      onConfirm={() => removing.mutate({ keepKeys }, { onSuccess: close })}
      close={close}
    >
      <Text>{t("settings:members.removeHint")}</Text>
      <KeepKeys member={member} checked={keepKeys} onChange={setKeepKeys} />
    </ConfirmDialog>
  );
}

/** Asks what becomes of the API keys that the person has made; nothing where there are none. */
function KeepKeys({
  member,
  checked,
  onChange,
}: {
  member: Member;
  checked: boolean;
  onChange: (keep: boolean) => void;
}) {
  const { t } = useMessages();
  if (member.api_keys === 0) return null;
  return (
    <Checkbox
      label={t("settings:members.keepKeys", { count: member.api_keys })}
      description={t("settings:members.keepKeysHint")}
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
