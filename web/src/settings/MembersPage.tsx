// The people of the workspace; for owners also their roles, removal, and invitations.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Eye, Pencil, ShieldCheck } from "lucide-react";
import { useState } from "react";

import { useMay, useSession, type Role } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { ChangeRoleDialog, RemoveMemberDialog } from "@/settings/MemberDialogs";
import { Invitations } from "@/settings/Invitations";
import { InviteForm } from "@/settings/InviteForm";
import { membersQuery, type Member } from "@/settings/member-calls";
import { RoleNotice } from "@/ui/Allowed";
import { useDateTime } from "@/ui/DateTime";
import { Loading } from "@/ui/Loading";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Badge } from "@/ui/StatusBadge";

import styles from "./Settings.module.css";

const ROLE_BADGES = {
  owner: ["good", ShieldCheck],
  editor: ["planned", Pencil],
  viewer: ["quiet", Eye],
} as const satisfies Record<Role, unknown>;

export function MembersPage() {
  const { t } = useMessages();
  const mayManage = useMay("manage");
  return (
    <>
      <PageHeader title={t("settings:members.title")} />
      <Stack gap="lg">
        <Text c="dimmed">{t("settings:members.hint")}</Text>
        <RoleNotice />
        <Members mayManage={mayManage} />
        {mayManage && (
          <Panel title={t("settings:members.invite")}>
            <Stack gap="lg">
              <InviteForm />
              <Invitations />
            </Stack>
          </Panel>
        )}
      </Stack>
    </>
  );
}

function Members({ mayManage }: { mayManage: boolean }) {
  const { t } = useMessages();
  const { data: members, error, refetch } = useQuery(membersQuery);
  const [selected, select] = useState<{ member: Member; to: "change" | "remove" } | null>(null);
  const close = () => select(null);
  return (
    <Panel title={t("settings:members.list")}>
      {!members && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
      {members && (
        <ul className={styles["rows"]} aria-label={t("settings:members.list")}>
          {members.map((member) => (
            <MemberRow
              key={member.id}
              member={member}
              choose={mayManage ? (to) => select({ member, to }) : undefined}
            />
          ))}
        </ul>
      )}
      {selected?.to === "change" && <ChangeRoleDialog member={selected.member} close={close} />}
      {selected?.to === "remove" && <RemoveMemberDialog member={selected.member} close={close} />}
    </Panel>
  );
}

interface RowProps {
  member: Member;
  /** Undefined for people who may not change members. */
  choose: ((to: "change" | "remove") => void) | undefined;
}

function MemberRow({ member, choose }: RowProps) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const { user } = useSession();
  const { name, email, role, joined_at } = member;
  const [tone, Icon] = ROLE_BADGES[role];
  const facts = [...(email === null ? [] : [email]), t("settings:members.joined", { day: format(joined_at, "day") })];
  return (
    <li className={styles["row"]}>
      <div className={styles["words"]}>
        <Group gap="sm">
          <Text fw={600}>{member.id === user.id ? t("settings:members.you", { name }) : name}</Text>
          <Badge tone={tone} Icon={Icon} label={t(`settings:members.role.${role}`)} />
        </Group>
        <Text size="sm" c="dimmed">
          {facts.join(" · ")}
        </Text>
      </div>
      {choose && (
        <Group gap="sm">
          <Button
            variant="default"
            className={styles["button"]}
            aria-label={t("settings:members.changeOne", { name })}
            onClick={() => choose("change")}
          >
            {t("settings:members.change")}
          </Button>
          <Button
            variant="default"
            className={styles["button"]}
            aria-label={t("settings:members.removeOne", { name })}
            onClick={() => choose("remove")}
          >
            {t("settings:members.remove")}
          </Button>
        </Group>
      )}
    </li>
  );
}
