// The form for an invitation, and its link, shown once.
import { Button, Stack, TextInput } from "@mantine/core";
import { UserPlus } from "lucide-react";
import { useState } from "react";

import type { Role } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { useInvite } from "@/settings/member-calls";
import { PasswordConfirmation, usePasswordConfirmation } from "@/settings/PasswordConfirmation";
import { RoleSelect } from "@/settings/RoleSelect";
import { SecretOnce } from "@/settings/SecretOnce";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

export function InviteForm() {
  const { t } = useMessages();
  const [role, setRole] = useState<Role>("editor");
  const [note, setNote] = useState("");
  const inviting = useInvite();
  const confirmation = usePasswordConfirmation(inviting.error);
  if (inviting.data)
    return (
      <SecretOnce
        title={t("settings:members.once")}
        label={t("settings:members.link")}
        copyLabel={t("settings:members.copy")}
        secret={inviting.data.url}
        onDone={() => inviting.reset()}
      />
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const onSuccess = () => {
          setNote("");
          confirmation.clear();
        };
        inviting.mutate({ role, note, password: confirmation.password }, { onSuccess });
      }}
    >
      <Stack gap="md" className={styles["narrow"]} align="start">
        <RoleSelect value={role} onChange={setRole} />
        <TextInput
          w="100%"
          label={t("settings:members.note")}
          description={t("settings:members.noteHint")}
          maxLength={200}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <PasswordConfirmation {...confirmation} />
        {!confirmation.explains && <ProblemAlert error={inviting.error} />}
        <Button
          type="submit"
          className={styles["button"]}
          leftSection={<UserPlus size={18} aria-hidden />}
          loading={inviting.isPending}
        >
          {t("settings:members.create")}
        </Button>
      </Stack>
    </form>
  );
}
