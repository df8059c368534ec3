// Dialog to schedule a post: at a wall time in a zone, or in the next free slot. The server checks the time.
import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { schedulePost, usePostChange, type RequestedTime } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { Problem, type ProblemEntry } from "@/api/problem";
import { currentZoneName, formatWithOffset, listTimeZones } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";
import { Dialog } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./PostActions.module.css";

export function ScheduleDialog({ post, close }: { post: Post; close: () => void }) {
  const { t, locale } = useMessages();
  const { zone: workspaceZone } = useDateTime();
  const [zone, setZone] = useState(post.zone ?? workspaceZone);
  const [time, setTime] = useState(post.wall_time?.slice(0, 16) ?? "");
  const action = usePostChange(post);
  const schedule = (requested: RequestedTime) => action.mutate(schedulePost(requested), { onSuccess: close });
  const problem = timeProblem(action.error);
  return (
    <Dialog title={t("posts:schedule.title")} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          schedule({ time, zone });
        }}
      >
        <Stack>
          <TextInput
            type="datetime-local"
            label={t("posts:schedule.time")}
            required
            step={300}
            value={time}
            error={problem?.detail}
            onChange={(event) => setTime(event.currentTarget.value)}
            data-autofocus
          />
          {problem?.suggestions && problem.suggestions.length > 0 && (
            <Group gap="xs">
              <Text size="sm">{t("posts:schedule.nearest")}</Text>
              {problem.suggestions.map((nearest) => (
                <Button
                  key={nearest}
                  variant="default"
                  className={styles["button"]}
                  onClick={() => schedule({ time: nearest, zone })}
                >
                  {formatWithOffset(nearest, { locale, zone })}
                </Button>
              ))}
            </Group>
          )}
          <NativeSelect
            label={t("posts:schedule.zone")}
            value={currentZoneName(zone)}
            data={listTimeZones(zone, workspaceZone)}
            onChange={(event) => setZone(event.currentTarget.value)}
          />
          {!problem && action.error && <ProblemAlert error={action.error} />}
          <Group gap="sm">
            <Button type="submit" loading={action.isPending} className={styles["button"]}>
              {t("posts:schedule.submit")}
            </Button>
            <Button
              variant="default"
              disabled={action.isPending}
              className={styles["button"]}
              onClick={() => schedule({ time: "next_free_slot", zone: undefined })}
            >
              {t("posts:schedule.nextSlot")}
            </Button>
          </Group>
          <Notice tone="plain">{t("posts:schedule.slotHint")}</Notice>
        </Stack>
      </form>
    </Dialog>
  );
}

/** Return the server's problem with the time; undefined for any other error. */
function timeProblem(error: unknown): ProblemEntry | undefined {
  return error instanceof Problem ? error.entriesAt("/schedule_time")[0] : undefined;
}
