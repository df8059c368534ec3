// The workspace's API keys: create, list, revoke.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";

import { useMessages } from "@/i18n/useMessages";
import { keysQuery, useRevokeKey, type ApiKey } from "@/settings/calls";
import { CreateApiKey } from "@/settings/CreateApiKey";
import { scopeLevel } from "@/settings/keyLevels";
import { useDateTime } from "@/ui/DateTime";
import { Dialog } from "@/ui/Dialog";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

export function ApiKeys() {
  const { t } = useMessages();
  const { data: keys, error, refetch } = useQuery(keysQuery);
  const [selected, select] = useState<ApiKey | null>(null);
  return (
    <Panel title={t("settings:keys.title")}>
      <Stack gap="lg">
        <Text>{t("settings:keys.hint")}</Text>
        <CreateApiKey />
        {!keys && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
        {keys?.length === 0 && <Text c="dimmed">{t("settings:keys.none")}</Text>}
        {keys && keys.length > 0 && (
          <ul className={styles["rows"]} aria-label={t("settings:keys.title")}>
            {keys.map((key) => (
              <KeyRow key={key.id} apiKey={key} onRevoke={() => select(key)} />
            ))}
          </ul>
        )}
      </Stack>
      {selected && <RevokeKeyDialog apiKey={selected} close={() => select(null)} />}
    </Panel>
  );
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const level = scopeLevel(apiKey.scopes);
  const facts = [
    level === null ? apiKey.scopes.join(", ") : t(`settings:keys.level.${level}`),
    apiKey.created_by === null
      ? t("settings:keys.created", { day: format(apiKey.created_at, "day") })
      : t("settings:keys.createdBy", { day: format(apiKey.created_at, "day"), name: apiKey.created_by }),
    apiKey.last_used_at === null
      ? t("settings:keys.unused")
      : t("settings:keys.used", { time: format(apiKey.last_used_at) }),
    ...(apiKey.expires_at === null ? [] : [t("settings:keys.until", { day: format(apiKey.expires_at, "day") })]),
  ];
  const name = apiKey.name || t("settings:keys.unnamed");
  return (
    <li className={styles["row"]}>
      <div className={styles["words"]}>
        <Text fw={600}>{name}</Text>
        <Text size="sm" c="dimmed">
          <code>{apiKey.prefix}…</code> · {facts.join(" · ")}
        </Text>
      </div>
      <Button
        variant="default"
        className={styles["button"]}
        leftSection={<Trash2 size={18} aria-hidden />}
        aria-label={t("settings:keys.revokeOne", { name })}
        onClick={onRevoke}
      >
        {t("settings:keys.revoke")}
      </Button>
    </li>
  );
}

/** Asks before a key is revoked, which cannot be undone. */
function RevokeKeyDialog({ apiKey, close }: { apiKey: ApiKey; close: () => void }) {
  const { t } = useMessages();
  const revoking = useRevokeKey();
  return (
    <Dialog title={t("settings:keys.revokeTitle", { name: apiKey.name || apiKey.prefix })} close={close}>
      <Stack>
        <Text>{t("settings:keys.revokeHint")}</Text>
        <ProblemAlert error={revoking.error} />
        <Group>
          <Button
            color="red.8"
            className={styles["button"]}
            loading={revoking.isPending}
            onClick={() => revoking.mutate(apiKey.id, { onSuccess: close })}
          >
            {t("settings:keys.revokeConfirm")}
          </Button>
          <Button variant="default" className={styles["button"]} onClick={close}>
            {t("settings:keys.keep")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
