// The user's sessions, each to end.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Monitor } from "lucide-react";

import { useMessages } from "@/i18n/useMessages";
import { sessionsQuery, useEndSession, type UserSession } from "@/settings/calls";
import { useDateTime } from "@/ui/DateTime";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Badge } from "@/ui/StatusBadge";

import styles from "./Settings.module.css";

export function Sessions() {
  const { t } = useMessages();
  const { data: sessions, error, refetch } = useQuery(sessionsQuery);
  const ending = useEndSession();
  return (
    <Panel title={t("settings:sessions.title")}>
      <Stack gap="md">
        {!sessions && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
        {sessions && (
          <ul className={styles["rows"]} aria-label={t("settings:sessions.title")}>
            {sessions.map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                onEnd={() => ending.mutate(session.id)}
                isPending={ending.isPending}
              />
            ))}
          </ul>
        )}
        <ProblemAlert error={ending.error} />
        {sessions && sessions.length > 1 && (
          <Group>
            <Button
              variant="default"
              className={styles["button"]}
              loading={ending.isPending}
              onClick={() => ending.mutate(null)}
            >
              {t("settings:sessions.endOthers")}
            </Button>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}

interface RowProps {
  session: UserSession;
  onEnd: () => void;
  isPending: boolean;
}

function SessionRow({ session, onEnd, isPending }: RowProps) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const browser = session.user_agent || t("settings:sessions.unknown");
  return (
    <li className={styles["row"]}>
      <div className={styles["words"]}>
        <Group gap="sm">
          <Text fw={600}>{browser}</Text>
          {session.current && <Badge tone="good" Icon={Monitor} label={t("settings:sessions.current")} />}
        </Group>
        <Text size="sm" c="dimmed">
          {t("settings:sessions.times", {
            created: format(session.created_at),
            used: format(session.last_used_at),
          })}
        </Text>
      </div>
      {!session.current && (
        <Button
          variant="default"
          className={styles["button"]}
          disabled={isPending}
          aria-label={t("settings:sessions.endOne", { browser })}
          onClick={onEnd}
        >
          {t("settings:sessions.end")}
        </Button>
      )}
    </li>
  );
}
