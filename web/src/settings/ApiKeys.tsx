// API keys of the workspace: made and shown once, listed, ended.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";

import { useWords } from "@/i18n/useWords";
import { keysQuery, useEndKey, type ApiKey } from "@/settings/calls";
import { MakeKey } from "@/settings/MakeKey";
import { Dialog } from "@/ui/Dialog";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { When } from "@/ui/When";

import styles from "./Settings.module.css";

export function Keys() {
  const { t } = useWords();
  const { data: keys, error, refetch } = useQuery(keysQuery);
  const [ending, end] = useState<ApiKey | null>(null);
  return (
    <Panel title={t("settings:keys.title")}>
      <Stack gap="lg">
        <Text>{t("settings:keys.says")}</Text>
        <MakeKey />
        {!keys && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
        {keys?.length === 0 && <Text c="dimmed">{t("settings:keys.none")}</Text>}
        {keys && keys.length > 0 && (
          <ul className={styles["rows"]} aria-label={t("settings:keys.title")}>
            {keys.map((key) => (
              <KeyRow key={key.id} apiKey={key} end={() => end(key)} />
            ))}
          </ul>
        )}
      </Stack>
      {ending && <EndKey apiKey={ending} close={() => end(null)} />}
    </Panel>
  );
}

function KeyRow({ apiKey, end }: { apiKey: ApiKey; end: () => void }) {
  const { t } = useWords();
  const name = apiKey.name || t("settings:keys.unnamed");
  return (
    <li className={styles["row"]}>
      <div className={styles["words"]}>
        <Text fw={600}>{name}</Text>
        <Text size="sm" c="dimmed">
          <code>{apiKey.prefix}…</code> · {t("settings:keys.made")} <When at={apiKey.created_at} style="day" /> ·{" "}
          {apiKey.last_used_at === null ? (
            t("settings:keys.unused")
          ) : (
            <>
              {t("settings:keys.used")} <When at={apiKey.last_used_at} />
            </>
          )}
          {apiKey.expires_at !== null && (
            <>
              {" "}
              · {t("settings:keys.until")} <When at={apiKey.expires_at} style="day" />
            </>
          )}
        </Text>
      </div>
      <Button
        variant="default"
        className={styles["button"]}
        leftSection={<Trash2 size={18} aria-hidden />}
        aria-label={t("settings:keys.endOne", { name })}
        onClick={end}
      >
        {t("settings:keys.end")}
      </Button>
    </li>
  );
}

/** Asked first, for a key that has ended cannot be brought back. */
function EndKey({ apiKey, close }: { apiKey: ApiKey; close: () => void }) {
  const { t } = useWords();
  const ending = useEndKey();
  return (
    <Dialog title={t("settings:keys.endTitle", { name: apiKey.name || apiKey.prefix })} close={close}>
      <Stack>
        <Text>{t("settings:keys.endSays")}</Text>
        <ProblemAlert error={ending.error} />
        <Group>
          <Button
            color="red.8"
            className={styles["button"]}
            loading={ending.isPending}
            onClick={() => ending.mutate(apiKey.id, { onSuccess: close })}
          >
            {t("settings:keys.endNow")}
          </Button>
          <Button variant="default" className={styles["button"]} onClick={close}>
            {t("settings:keep")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
