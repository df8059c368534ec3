// Where the person is signed in, and the way to end it there.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Monitor } from "lucide-react";

import { useWords } from "@/i18n/useWords";
import { sessionsQuery, useEndSession, type SignedInAt } from "@/settings/calls";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Badge } from "@/ui/StatusBadge";
import { When } from "@/ui/When";

import styles from "./Settings.module.css";

export function Sessions() {
  const { t } = useWords();
  const { data: sessions, error, refetch } = useQuery(sessionsQuery);
  const ending = useEndSession();
  return (
    <Panel title={t("settings:sessions.title")}>
      <Stack gap="md">
        {!sessions && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
        {sessions && (
          <ul className={styles["rows"]} aria-label={t("settings:sessions.title")}>
            {sessions.map((one) => (
              <SessionRow key={one.id} session={one} end={() => ending.mutate(one.id)} busy={ending.isPending} />
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

function SessionRow({ session, end, busy }: { session: SignedInAt; end: () => void; busy: boolean }) {
  const { t } = useWords();
  const browser = session.user_agent || t("settings:sessions.unknown");
  return (
    <li className={styles["row"]}>
      <div className={styles["words"]}>
        <Group gap="sm">
          <Text fw={600}>{browser}</Text>
          {session.current && <Badge tone="good" Icon={Monitor} says={t("settings:sessions.here")} />}
        </Group>
        <Text size="sm" c="dimmed">
          {t("settings:sessions.since")} <When at={session.created_at} /> · {t("settings:sessions.used")}{" "}
          <When at={session.last_used_at} />
        </Text>
      </div>
      {!session.current && (
        <Button
          variant="default"
          className={styles["button"]}
          disabled={busy}
          aria-label={t("settings:sessions.endOne", { browser })}
          onClick={end}
        >
          {t("settings:sessions.end")}
        </Button>
      )}
    </li>
  );
}
