// Posts as small cards: picture, time, title, platforms and status. A draft opens in the editor, for who may edit it;
// others on their page.
import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ImageOff } from "lucide-react";

import type { Post } from "@/api/posts";
import type { DateTimeStyle } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { DateTime } from "@/ui/DateTime";
import { PlatformNames } from "@/ui/post/PlatformNames";
import { pictureOf } from "@/ui/post/pictureOf";
import { postTitle } from "@/ui/post/title";
import { thumbnailUrl } from "@/ui/stableMediaUrl";
import { StatusBadge } from "@/ui/StatusBadge";

import styles from "./PostCards.module.css";

/** `timeStyle`: default with the day. */
export function PostCards(props: { posts: readonly Post[]; label: string; timeStyle?: DateTimeStyle }) {
  return (
    <ul className={styles["cards"]} aria-label={props.label}>
      {props.posts.map((post) => (
        <PostCard key={post.job_id} post={post} timeStyle={props.timeStyle ?? "minute"} />
      ))}
    </ul>
  );
}

function PostCard({ post, timeStyle }: { post: Post; timeStyle: DateTimeStyle }) {
  const { t } = useMessages();
  const picture = pictureOf(post);
  const isDraft = post.status === "draft";
  return (
    <li className={styles["card"]}>
      <div className={styles["picture"]}>
        {picture === null ? (
          <ImageOff size={24} aria-hidden />
        ) : (
          <img src={thumbnailUrl(picture)} alt="" loading="lazy" />
        )}
      </div>
      <div className={styles["words"]}>
        <Text size="sm" fw={650}>
          {isDraft && post.schedule_time === null ? (
            <>
              {t("home:changed")} <DateTime at={post.updated_at} />
            </>
          ) : (
            <DateTime at={post.schedule_time ?? post.updated_at} style={timeStyle} />
          )}
        </Text>
        <Link
          to={isDraft && post.actions.includes("edit") ? "/posts/$id/edit" : "/posts/$id"}
          params={{ id: post.job_id }}
          preload={false}
          className={styles["title"] ?? ""}
        >
          {postTitle(post) || t("post:untitled")}
        </Link>
        <Text size="sm" c="dimmed">
          <PlatformNames post={post} />
        </Text>
        <span className={styles["state"]}>
          <StatusBadge state={post.status} />
        </span>
      </div>
    </li>
  );
}
