// A list of posts: picture, title, platforms, status and time.
import { Checkbox, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { ApprovalBadge } from "@/ui/approval/ApprovalBadge";
import { DateTime } from "@/ui/DateTime";
import { PlatformNames } from "@/ui/post/PlatformNames";
import { SeriesMark } from "@/ui/post/SeriesMark";
import { PostThumbnail } from "@/ui/post/PostThumbnail";
import { postTitle } from "@/ui/post/title";
import { StatusBadge } from "@/ui/StatusBadge";

import styles from "./PostList.module.css";

/** Whose approval still matters. */
const NOT_OUT: ReadonlySet<string> = new Set(["draft", "scheduled", "failed", "partial"]);

interface Selection {
  ids: ReadonlySet<string>;
  toggle: (postId: string) => void;
}

interface Props {
  posts: readonly Post[];
  label: string;
  /** With it each post has a box to select it. */
  selection?: Selection;
}

export function PostList({ posts, label, selection }: Props) {
  return (
    <ul className={styles["rows"]} aria-label={label} data-selectable={selection !== undefined}>
      {posts.map((post) => (
        <PostListItem key={post.job_id} post={post} {...(selection ? { selection } : {})} />
      ))}
    </ul>
  );
}

function PostListItem({ post, selection }: { post: Post; selection?: Selection }) {
  const { t } = useMessages();
  return (
    <li className={styles["row"]}>
      {selection && (
        <Checkbox
          className={styles["box"]}
          checked={selection.ids.has(post.job_id)}
          onChange={() => selection.toggle(post.job_id)}
          aria-label={t("post:select", { title: postTitle(post) || t("post:untitled") })}
        />
      )}
      <PostThumbnail post={post} />
      <div className={styles["words"]}>
        <Link to="/posts/$id" params={{ id: post.job_id }} className={styles["title"]}>
          {postTitle(post) || t("post:untitled")}
        </Link>
        <Text size="sm" c="dimmed">
          <PlatformNames post={post} />
        </Text>
      </div>
      <div className={styles["state"]}>
        <StatusBadge state={post.status} />
        {NOT_OUT.has(post.status) && <ApprovalBadge state={post.approval} />}
        <Text size="sm" c="dimmed" component="span">
          <PostTime post={post} /> <SeriesMark post={post} />
        </Text>
      </div>
    </li>
  );
}

/** The scheduled time; for a draft and an unscheduled post, the last change. */
function PostTime({ post }: { post: Post }) {
  const scheduled = post.status === "draft" ? null : post.schedule_time;
  return <DateTime at={scheduled ?? post.updated_at} />;
}
