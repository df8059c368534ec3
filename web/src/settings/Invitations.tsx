// The invitations that nobody has used yet.
import { Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";

import { useMessages } from "@/i18n/useMessages";
import { invitationsQuery, useWithdrawInvitation, type Invitation } from "@/settings/member-calls";
import { useDateTime } from "@/ui/DateTime";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { WithdrawableRow } from "@/ui/WithdrawableRow";

import styles from "./Settings.module.css";

export function Invitations() {
  const { t } = useMessages();
  const id = useId();
  const { data: invitations = [], error, refetch } = useQuery(invitationsQuery);
  const withdrawing = useWithdrawInvitation();
  return (
    <>
      <ProblemAlert error={error} retry={() => void refetch()} />
      {invitations.length > 0 && (
        <Stack gap="xs">
          <Title order={3} size="h5" id={id}>
            {t("settings:members.pending")}
          </Title>
          <ul className={styles["rows"]} aria-labelledby={id}>
            {invitations.map((invitation) => (
              <InvitationRow
                key={invitation.id}
                invitation={invitation}
                isPending={withdrawing.isPending}
                onWithdraw={() => withdrawing.mutate(invitation.id)}
              />
            ))}
          </ul>
        </Stack>
      )}
      <ProblemAlert error={withdrawing.error} />
    </>
  );
}

interface RowProps {
  invitation: Invitation;
  isPending: boolean;
  onWithdraw: () => void;
}

function InvitationRow({ invitation, isPending, onWithdraw }: RowProps) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const { role, created_by, expires_at } = invitation;
  const note = invitation.note || t("settings:members.anybody");
  return (
    <WithdrawableRow
      note={note}
      details={t("settings:members.invitation", {
        role: t(`settings:members.role.${role}`),
        name: created_by,
        time: format(expires_at),
      })}
      withdrawText={t("settings:members.withdraw")}
      withdrawLabel={t("settings:members.withdrawOne", { note })}
      isPending={isPending}
      onWithdraw={onWithdraw}
    />
  );
}
