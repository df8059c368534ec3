// The switch of push notifications in this browser, and what keeps it from them.
import { Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { useMessages } from "@/i18n/useMessages";
import { findObstacle, PushUnavailable, type PushObstacle } from "@/settings/push-browser";
import { subscribedQuery, useAddDevice, type PushDevice, type useRemoveDevice } from "@/settings/push-calls";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";

interface Props {
  devices: readonly PushDevice[];
  removing: ReturnType<typeof useRemoveDevice>;
}

export function PushSwitch({ devices, removing }: Props) {
  const { t } = useMessages();
  const { data: isSubscribed = false } = useQuery(subscribedQuery);
  const adding = useAddDevice();
  const here = isSubscribed ? devices.find(({ current }) => current) : undefined;
  const isPending = adding.isPending || removing.isPending;
  const blocked = here === undefined ? findObstacle() : null;
  const refused = obstacleIn(adding.error);
  const obstacle = blocked ?? refused;
  return (
    <>
      <Switch
        size="md"
        label={t("settings:push.here")}
        description={t("settings:push.hereHint")}
        checked={adding.isPending || (here !== undefined && !removing.isPending)}
        disabled={isPending || blocked !== null}
        onChange={() => (here ? removing.mutate(here.id) : adding.mutate())}
      />
      {obstacle !== null && (
        <Notice tone={refused ? "warn" : "plain"} announced={refused !== null}>
          {t(`settings:push.obstacle.${obstacle}`)}
        </Notice>
      )}
      <ProblemAlert error={refused === null ? adding.error : null} />
    </>
  );
}

function obstacleIn(error: unknown): PushObstacle | null {
  return error instanceof PushUnavailable ? error.obstacle : null;
}
