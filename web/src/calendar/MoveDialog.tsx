// Asks for the new time of a post: the keyboard's way to move it, and what a drag opens when the server refuses it.
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { Problem } from "@/api/problem";
import { type Entry, type Target } from "@/calendar/entries";
import type { CalendarActions } from "@/calendar/types";
import { formatWithOffset } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";
import { Dialog } from "@/ui/Dialog";
import { postTitle } from "@/ui/post/title";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Toolbar.module.css";

interface Props {
  entry: Entry;
  target: Target;
  error: unknown;
  isPending: boolean;
  save: CalendarActions["save"];
  close: () => void;
}

export function MoveDialog({ entry, target, error, isPending, save, close }: Props) {
  const { t, locale } = useMessages();
  const { zone, format } = useDateTime();
  const [date, setDate] = useState(target.date);
  const [time, setTime] = useState(target.time ?? entry.time);
  const problem = error instanceof Problem ? error.entriesAt("/schedule_time")[0] : undefined;
  const isChangedElsewhere = error instanceof Problem && error.status === 412;
  const title = postTitle(entry.post) || t("post:untitled");
  return (
    <Dialog title={t("calendar:move.title")} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save(entry, { date, time });
        }}
      >
        <Stack>
          <Text>{t("calendar:move.from", { title, time: format(entry.at) })}</Text>
          <div className={styles["dateAndTime"]}>
            <TextInput
              type="date"
              label={t("calendar:move.date")}
              required
              value={date}
              error={problem?.detail}
              onChange={(event) => setDate(event.currentTarget.value)}
              data-autofocus
            />
            <TextInput
              type="time"
              step={300}
              label={t("calendar:move.time")}
              required
              value={time}
              error={problem !== undefined}
              onChange={(event) => setTime(event.currentTarget.value)}
            />
          </div>
          <Text size="sm" c="dimmed">
            {t("calendar:move.zone", { zone })}
          </Text>
          {problem?.suggestions && problem.suggestions.length > 0 && (
            <Group gap="xs">
              <Text size="sm">{t("calendar:move.nearest")}</Text>
              {problem.suggestions.map((nearest) => (
                <Button
                  key={nearest}
                  variant="default"
                  mih="2.75rem"
                  onClick={() => save(entry, { date, time }, { schedule_time: nearest, zone: entry.post.zone ?? zone })}
                >
                  {formatWithOffset(nearest, { locale, zone })}
                </Button>
              ))}
            </Group>
          )}
          {isChangedElsewhere && <Text role="alert">{t("calendar:move.changedElsewhere")}</Text>}
          {!problem && !isChangedElsewhere && <ProblemAlert error={error} />}
          <Group gap="sm">
            <Button type="submit" loading={isPending} disabled={isChangedElsewhere} mih="2.75rem">
              {t("calendar:move.submit")}
            </Button>
            <Button variant="default" mih="2.75rem" onClick={close}>
              {t("calendar:move.keep")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
