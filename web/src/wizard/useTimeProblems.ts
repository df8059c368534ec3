// The server's problems with a schedule, by a dry run shortly after the last change.
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import { postQuery, type Post } from "@/api/posts";
import type { ProblemEntry } from "@/api/problem";
import type { Schedule } from "@/wizard/state";
import { scheduleTime } from "@/wizard/wallTime";

const DEBOUNCE_MS = 350;
const POINTERS = ["/schedule_time", "/zone", "/time_choice"];

/** Return the problems of date, time and zone; none while they are incomplete or unchecked. */
export function useTimeProblems(post: Post, schedule: Schedule): ProblemEntry[] {
  const time = schedule.date && schedule.time ? scheduleTime(schedule) : "";
  const [settled] = useDebouncedValue(time, DEBOUNCE_MS);
  const { data } = useQuery({
    queryKey: [...postQuery(post.job_id).queryKey, "dry-run", post.rev, settled, schedule.zone],
    queryFn: async ({ signal }) => {
      const params = { path: { post_id: post.job_id }, query: { validate_only: true } };
      const body = { schedule_time: settled, zone: schedule.zone };
      const checked = await unwrap(api.POST("/api/v1/posts/{post_id}/schedule", { params, body, signal }));
      return checked.problems.filter(({ pointer }) => POINTERS.includes(pointer));
    },
    enabled: settled !== "" && settled === time,
  });
  return settled === time ? (data ?? []) : [];
}
