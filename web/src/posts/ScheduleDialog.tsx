// When a post is to go out: a time on the wall clock of a zone, or the next free slot. The server knows what clocks skip.
import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { schedule, usePostAction, type AskedTime } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { Problem, type ProblemEntry } from "@/api/problem";
import { useSession } from "@/api/session";
import { useWords } from "@/i18n/useWords";
import { Dialog } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { momentOf } from "@/ui/When";
import { zones } from "@/ui/zones";

import styles from "./PostActions.module.css";

export function ScheduleDialog({ post, close }: { post: Post; close: () => void }) {
  const { t, language } = useWords();
  const { workspace } = useSession();
  const [zone, setZone] = useState(post.zone ?? workspace.zone);
  const [time, setTime] = useState(post.wall_time?.slice(0, 16) ?? "");
  const act = usePostAction(post);
  const ask = (asked: AskedTime) => act.mutate(schedule(asked), { onSuccess: close });
  const about = complaintOf(act.error);
  return (
    <Dialog title={t("posts:plan.title")} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask({ time, zone });
        }}
      >
        <Stack>
          <TextInput
            type="datetime-local"
            label={t("posts:plan.time")}
            required
            step={300}
            value={time}
            error={about?.detail}
            onChange={(event) => setTime(event.currentTarget.value)}
            data-autofocus
          />
          {about && about.suggestions && about.suggestions.length > 0 && (
            <Group gap="xs">
              <Text size="sm">{t("posts:plan.nearest")}</Text>
              {about.suggestions.map((nearest) => (
                <Button
                  key={nearest}
                  variant="default"
                  className={styles["button"]}
                  onClick={() => ask({ time: nearest, zone })}
                >
                  {momentOf(nearest, language, zone)} {nearest.slice(-6)}
                </Button>
              ))}
            </Group>
          )}
          <NativeSelect
            label={t("posts:plan.zone")}
            value={zone}
            data={zones(zone, workspace.zone)}
            onChange={(event) => setZone(event.currentTarget.value)}
          />
          {!about && act.error && <ProblemAlert error={act.error} />}
          <Group gap="sm">
            <Button type="submit" loading={act.isPending} className={styles["button"]}>
              {t("posts:plan.go")}
            </Button>
            <Button
              variant="default"
              disabled={act.isPending}
              className={styles["button"]}
              onClick={() => ask({ time: "next_free_slot", zone: undefined })}
            >
              {t("posts:plan.slot")}
            </Button>
          </Group>
          <Notice tone="plain">{t("posts:plan.hint")}</Notice>
        </Stack>
      </form>
    </Dialog>
  );
}

/** What is wrong with the time itself; anything else is about the post. */
function complaintOf(error: unknown): ProblemEntry | undefined {
  return error instanceof Problem ? error.at("/schedule_time")[0] : undefined;
}
