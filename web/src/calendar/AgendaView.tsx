// The agenda: the days of a month that have posts or free posting times, each post with all that is known of it.
import { Button, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { CalendarClock, CalendarDays, Plus } from "lucide-react";

import { newPostTime } from "@/calendar/days";
import { type Entry } from "@/calendar/entries";
import { isMovable } from "@/ui/post/availableActions";
import { FreeSlotLink } from "@/calendar/FreeSlotLink";
import type { CalendarActions, CalendarData, ViewProps } from "@/calendar/types";
import { formatDate } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { DateTime } from "@/ui/DateTime";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/LinkButton";
import { PlatformNames } from "@/ui/post/PlatformNames";
import { PostThumbnail } from "@/ui/post/PostThumbnail";
import { postTitle } from "@/ui/post/title";
import { StatusBadge } from "@/ui/StatusBadge";

import styles from "./Agenda.module.css";

export function AgendaView({ days, today, data, actions, now, zone }: ViewProps) {
  const { t, locale } = useMessages();
  const filled = days.filter((day) => data.entries.has(day) || data.slots.has(day));
  if (filled.length === 0) {
    const at = days.map((day) => newPostTime(day, zone, now)).find((time) => time !== null);
    return (
      <EmptyState
        Icon={CalendarDays}
        message={t("calendar:empty")}
        action={
          at && (
            <LinkButton to="/posts/new" search={{ at }} mih="2.75rem" leftSection={<Plus size={18} aria-hidden />}>
              {t("calendar:write")}
            </LinkButton>
          )
        }
      />
    );
  }
  return (
    <Stack gap="lg">
      {filled.map((day) => {
        const name = formatDate(day, "longDay", locale, now);
        const at = newPostTime(day, zone, now);
        return (
          <section key={day} className={styles["day"]} aria-label={name} data-today={day === today}>
            <div className={styles["heading"]}>
              <Title order={3} size="h5">
                {name}
                {day === today && <Text span c="dimmed">{` · ${t("calendar:today")}`}</Text>}
              </Title>
              {at && (
                <Link
                  to="/posts/new"
                  search={{ at }}
                  preload={false}
                  className={styles["add"]}
                  aria-label={t("calendar:writeOn", { day: name })}
                >
                  <Plus size={18} aria-hidden />
                </Link>
              )}
            </div>
            <DayList day={day} data={data} actions={actions} />
          </section>
        );
      })}
    </Stack>
  );
}

interface DayListProps {
  day: string;
  data: CalendarData;
  actions: CalendarActions;
}

/** All posts and free posting times of a day in the order of time. */
export function DayList({ day, data, actions }: DayListProps) {
  const entries = (data.entries.get(day) ?? []).map((entry) => ({
    at: entry.at,
    item: <AgendaEntry key={entry.post.job_id} entry={entry} askWhere={actions.askWhere} />,
  }));
  const slots = (data.slots.get(day) ?? []).map((slot) => ({
    at: slot.at,
    item: (
      <li key={slot.at}>
        <FreeSlotLink slot={slot} isWide />
      </li>
    ),
  }));
  const all = [...entries, ...slots].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return <ul className={styles["entries"]}>{all.map(({ item }) => item)}</ul>;
}

function AgendaEntry({ entry, askWhere }: { entry: Entry; askWhere: (entry: Entry) => void }) {
  const { t } = useMessages();
  const { post } = entry;
  const title = postTitle(post) || t("post:untitled");
  return (
    <li className={styles["entry"]}>
      <PostThumbnail post={post} />
      <div className={styles["facts"]}>
        <Text size="sm" className={styles["time"]}>
          <DateTime at={entry.at} style="clock" /> <StatusBadge state={post.status} />
        </Text>
        <Link to="/posts/$id" params={{ id: post.job_id }} className={styles["title"]}>
          {title}
        </Link>
        <Text size="sm" c="dimmed">
          <PlatformNames post={post} />
        </Text>
      </div>
      {isMovable(post) && (
        <Button
          variant="default"
          mih="2.75rem"
          className={styles["move"]}
          leftSection={<CalendarClock size={18} aria-hidden />}
          aria-label={t("calendar:move.of", { title })}
          onClick={() => askWhere(entry)}
        >
          {t("calendar:move.open")}
        </Button>
      )}
    </li>
  );
}
