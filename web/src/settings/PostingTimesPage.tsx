// The weekly posting times of each account, and the next free ones.
import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CalendarClock } from "lucide-react";
import { useState } from "react";

import { accountsQuery, type Account } from "@/api/accounts";
import { platformLabel, platformsQuery } from "@/api/platforms";
import { currentZoneName, listTimeZones } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { nextSlotsQuery, postingTimesQuery, savePostingTimes, type PostingTimes } from "@/settings/posting-calls";
import { parseTimes, parseWeek, typedTimesOf, WEEKDAYS } from "@/settings/postingTimes";
import { useDateTime } from "@/ui/DateTime";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

export function PostingTimesPage() {
  const { t } = useMessages();
  const { data: accounts, error, refetch } = useQuery(accountsQuery);
  return (
    <>
      <PageHeader title={t("settings:times.title")} />
      <Stack gap="lg">
        <Text c="dimmed">{t("settings:times.hint")}</Text>
        {!accounts && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
        {accounts?.length === 0 && (
          <EmptyState
            Icon={CalendarClock}
            message={t("settings:times.noAccount")}
            action={
              <LinkButton to="/accounts" className={styles["button"] ?? ""}>
                {t("settings:times.connect")}
              </LinkButton>
            }
          />
        )}
        {accounts?.map((account) => (
          <AccountTimes key={account.id} account={account} />
        ))}
      </Stack>
    </>
  );
}

function AccountTimes({ account }: { account: Account }) {
  const { t } = useMessages();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const { data, error, refetch } = useQuery(postingTimesQuery(account.id));
  const labels = account.platforms.map((name) => platformLabel(platforms, name));
  return (
    <Panel title={t("settings:times.of", { name: account.name, platform: labels.join(", ") })}>
      {!data && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
      {data && <TimesForm account={account} saved={data} />}
    </Panel>
  );
}

function TimesForm({ account, saved }: { account: Account; saved: PostingTimes }) {
  const { t } = useMessages();
  const client = useQueryClient();
  const [typed, setTyped] = useState(() => typedTimesOf(saved.times));
  const [zone, setZone] = useState(currentZoneName(saved.zone));
  const week = parseWeek(typed);
  const saving = useMutation({
    mutationFn: (times: Record<string, string[]>) => savePostingTimes(account.id, zone, times),
    onSuccess: (now) => {
      setTyped(typedTimesOf(now.times));
      client.setQueryData(postingTimesQuery(account.id).queryKey, now);
      void client.invalidateQueries({ queryKey: nextSlotsQuery(account.id).queryKey });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (week) saving.mutate(week);
      }}
    >
      <Stack gap="md">
        {saved.source === "default" && <Text size="sm">{t("settings:times.default")}</Text>}
        <div className={styles["days"]}>
          {WEEKDAYS.map((day) => (
            <TextInput
              key={day}
              label={t(`settings:times.day.${day}`)}
              placeholder={t("settings:times.none")}
              value={typed[day]}
              error={parseTimes(typed[day]) === null && t("settings:times.invalid")}
              onChange={(event) => setTyped({ ...typed, [day]: event.currentTarget.value })}
            />
          ))}
        </div>
        <NativeSelect
          className={styles["narrow"] ?? ""}
          label={t("settings:workspace.zone")}
          value={zone}
          data={listTimeZones(zone, saved.zone)}
          onChange={(event) => setZone(event.currentTarget.value)}
        />
        <NextSlots accountId={account.id} />
        <ProblemAlert error={saving.error} />
        <Group>
          <Button
            type="submit"
            className={styles["button"]}
            aria-label={t("settings:times.saveOne", { name: account.name })}
            disabled={!week}
            loading={saving.isPending}
          >
            {t("settings:save")}
          </Button>
          <Text role="status">{saving.isSuccess && t("settings:saved")}</Text>
        </Group>
      </Stack>
    </form>
  );
}

function NextSlots({ accountId }: { accountId: string }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const { data: slots } = useQuery(nextSlotsQuery(accountId));
  if (!slots) return null;
  return (
    <Text size="sm" c="dimmed">
      {slots.length === 0
        ? t("settings:times.noSlot")
        : t("settings:times.next", { times: slots.map((slot) => format(slot.schedule_time)).join(" · ") })}
    </Text>
  );
}
