// A post in a cell of the calendar: picture, time, platforms, status and title. It opens the post.
import { VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { memo } from "react";

import { platformsQuery } from "@/api/platforms";
import type { Post } from "@/api/posts";
import { platformMark, type Entry } from "@/calendar/entries";
import { MOVE_KEY } from "@/calendar/moveKey";
import { isMovable } from "@/ui/post/availableActions";
import { useMessages } from "@/i18n/useMessages";
import { DateTime } from "@/ui/DateTime";
import { liveDeliveries, onePerPlatform } from "@/ui/post/deliveries";
import { deliveryLabel } from "@/ui/post/deliveryLabel";
import { pictureOf } from "@/ui/post/pictureOf";
import { SeriesMark } from "@/ui/post/SeriesMark";
import { postTitle } from "@/ui/post/title";
import { StateIcon, stateLabel } from "@/ui/StatusBadge";
import { thumbnailUrl } from "@/ui/stableMediaUrl";

import styles from "./Entry.module.css";

interface Props {
  entry: Entry;
  askWhere: (entry: Entry) => void;
}

export const CalendarEntry = memo(function CalendarEntry({ entry, askWhere }: Props) {
  const { t } = useMessages();
  const { post } = entry;
  const movable = isMovable(post);
  const picture = pictureOf(post);
  return (
    <Link
      to="/posts/$id"
      params={{ id: post.job_id }}
      className={styles["entry"]}
      preload={false}
      draggable={movable}
      data-entry={post.job_id}
      data-status={post.status}
      {...(movable ? { "aria-keyshortcuts": MOVE_KEY.toUpperCase() } : {})}
      onKeyDown={(event) => {
        if (!movable || event.key.toLowerCase() !== MOVE_KEY || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        askWhere(entry);
      }}
    >
      {picture !== null && (
        <span className={styles["pictured"]}>
          <img className={styles["picture"]} src={thumbnailUrl(picture)} alt="" loading="lazy" draggable={false} />
          <StateIcon state={post.status} />
        </span>
      )}
      <span className={styles["facts"]}>
        <span className={styles["line"]}>
          <span className={styles["time"]}>
            <DateTime at={entry.at} style="clock" />
          </span>
          <SeriesMark post={post} />
          <Marks post={post} />
          {picture === null && <StateIcon state={post.status} />}
          <VisuallyHidden>{stateLabel(post.status, t)}</VisuallyHidden>
        </span>
        <span className={styles["text"]}>{postTitle(post) || t("post:untitled")}</span>
      </span>
    </Link>
  );
});

const MARKS_MAX = 3;

/** A mark for each platform; for screen readers their names. */
function Marks({ post }: { post: Post }) {
  const { data: platforms = [] } = useQuery(platformsQuery);
  const deliveries = liveDeliveries(post);
  const labels = onePerPlatform(deliveries).map(
    ({ platform }) => platforms.find(({ name }) => name === platform)?.label ?? platform,
  );
  return (
    <span className={styles["marks"]} title={labels.join(" · ")}>
      {labels.slice(0, MARKS_MAX).map((label) => (
        <span key={label} className={styles["mark"]} aria-hidden>
          {platformMark(label)}
        </span>
      ))}
      {labels.length > MARKS_MAX && <span aria-hidden>+{labels.length - MARKS_MAX}</span>}
      <VisuallyHidden>{deliveries.map((one) => deliveryLabel(post, one, platforms)).join(", ")}</VisuallyHidden>
    </span>
  );
}
