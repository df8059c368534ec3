// Quick choices for the time of a scheduled post: in an hour, tomorrow at nine, and the next free slot.
import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import { formatDateTime, wallTimeAt } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import section from "@/wizard/Section.module.css";
import type { Schedule } from "@/wizard/state";
import { resolveAccounts, useWizard } from "@/wizard/useWizard";
import { nextFiveMinutes, tomorrowAt } from "@/wizard/wallTime";

const HOUR_MS = 60 * 60 * 1000;
const MORNING = "09:00";

export function TimePresets({ change }: { change: (part: Partial<Schedule>) => void }) {
  const { t, locale } = useMessages();
  const { zone } = useWizard().state.schedule;
  const slot = useNextSlot();
  const setInstant = (instant: Date) =>
    change({ ...wallTimeAt(instant, zone), exact: instant.toISOString().replace(".000Z", "Z") });
  const preset = { variant: "default", radius: "xl", className: section["button"] } as const;
  return (
    <Group gap="xs">
      <Button {...preset} onClick={() => setInstant(nextFiveMinutes(new Date(), HOUR_MS))}>
        {t("wizard:schedule.inAnHour")}
      </Button>
      <Button {...preset} onClick={() => change(tomorrowAt(MORNING, zone, new Date()))}>
        {t("wizard:schedule.tomorrow", {
          time: formatDateTime(`1970-01-01T${MORNING}:00Z`, { locale, zone: "UTC", style: "clock" }),
        })}
      </Button>
      {slot && (
        <Button {...preset} onClick={() => setInstant(new Date(slot.schedule_time))}>
          {t("wizard:schedule.nextSlot")}
        </Button>
      )}
    </Group>
  );
}

/** Return the next free slot of the first platform's account; null while it is not known. */
function useNextSlot() {
  const { state, chosen, accounts } = useWizard();
  const first = chosen[0];
  const account = (first && resolveAccounts(first, accounts, state.draft.accounts[first.name])[0]) ?? null;
  const { data } = useQuery({
    queryKey: ["accounts", account?.id, "next-slot"],
    queryFn: async ({ signal }) => {
      const params = { path: { account_id: account?.id ?? "" }, query: { limit: 1 } };
      return (await unwrap(api.GET("/api/v1/accounts/{account_id}/slots", { params, signal }))).data[0] ?? null;
    },
    enabled: account !== null,
  });
  return data ?? null;
}
