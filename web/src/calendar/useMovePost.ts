// Moves a post to another time at once, and offers to move it back.
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { changeVersion, runPostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { crossesClockChange, instantOf, type Entry, type PostTime } from "@/calendar/entries";
import { isMovable } from "@/ui/post/availableActions";
import { formatWithOffset } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";
import { showUndo } from "@/ui/showUndo";

interface Move {
  entry: Entry;
  time: PostTime;
}

export function useMovePost() {
  const { t, locale } = useMessages();
  const { format, zone } = useDateTime();
  const client = useQueryClient();
  const setTime = (post: Post, time: PostTime) =>
    runPostChange(client, post, () =>
      // What others changed meanwhile is kept, unless it is the time.
      changeVersion(post, (now) => (now.schedule_time === post.schedule_time && isMovable(now) ? time : null)),
    );
  const mutation = useMutation({
    mutationFn: ({ entry, time }: Move) => setTime(entry.post, time),
    onSuccess: async (moved, { entry }) => {
      offerUndo(entry, moved);
      // The entry stays at its new place until the list has it there.
      await Promise.all([
        client.invalidateQueries({ queryKey: ["posts", "all"] }),
        client.invalidateQueries({
          predicate: ({ queryKey }) => queryKey[0] === "accounts" && queryKey[2] === "slots",
        }),
      ]);
    },
  });
  const offerUndo = (entry: Entry, moved: Post) => {
    const after = moved.schedule_time ?? entry.at;
    const crosses = crossesClockChange(entry.at, after, entry.post.zone ?? zone);
    const text = crosses
      ? t("calendar:moved.overClockChange", { time: formatWithOffset(after, { locale, zone }) })
      : t("calendar:moved.done", { time: format(after) });
    // The instant decides, where the wall time occurs twice.
    const back = { schedule_time: entry.at, zone: entry.post.zone ?? zone };
    const undo = () => setTime(moved, back);
    showUndo({ id: `move-${moved.job_id}`, text, undo, failureTitle: t("calendar:moved.notUndone") }, t);
  };
  const { isPending, variables } = mutation;
  // Shown there while it is being saved.
  const movingId = isPending ? variables.entry.post.job_id : null;
  const movingTo = isPending ? instantOf(variables.time) : null;
  return { ...mutation, movingId, movingTo };
}
