// Posts in a list: each with its picture, how it begins, where it goes, where it stands and when.
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ImageOff } from "lucide-react";

import { labelOf, platformsQuery } from "@/api/platforms";
import type { Post } from "@/api/posts";
import { useSession } from "@/api/session";
import { useWords } from "@/i18n/useWords";
import { titleOf } from "@/ui/post/title";
import { StatusBadge } from "@/ui/StatusBadge";
import { steadyAddress } from "@/ui/steadyAddress";
import { When } from "@/ui/When";

import styles from "./PostRows.module.css";

export function PostRows({ posts, label }: { posts: readonly Post[]; label: string }) {
  return (
    <ul className={styles["rows"]} aria-label={label}>
      {posts.map((post) => (
        <PostRow key={post.job_id} post={post} />
      ))}
    </ul>
  );
}

function PostRow({ post }: { post: Post }) {
  const { t } = useWords();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const places = post.platforms.map(({ platform }) => labelOf(platforms, platform)).join(" · ");
  const picture = post.platforms.find(({ image_url }) => image_url !== null)?.image_url ?? null;
  return (
    <li className={styles["row"]}>
      <div className={styles["thumbnail"]}>
        {picture === null ? (
          <ImageOff size={18} aria-hidden />
        ) : (
          <img src={steadyAddress(picture)} alt="" loading="lazy" />
        )}
      </div>
      <div className={styles["words"]}>
        <Link to="/posts/$id" params={{ id: post.job_id }} className={styles["title"]}>
          {titleOf(post) || t("post:untitled")}
        </Link>
        <Text size="sm" c="dimmed">
          {places || t("post:nowhere")}
        </Text>
      </div>
      <div className={styles["state"]}>
        <StatusBadge state={post.status} />
        <Text size="sm" c="dimmed" component="span">
          <Moment post={post} />
        </Text>
      </div>
    </li>
  );
}

function Moment({ post }: { post: Post }) {
  const { workspace } = useSession();
  // A draft's planned time is no promise.
  const planned = post.status === "draft" ? null : post.schedule_time;
  return <When at={planned ?? post.updated_at} zone={post.zone ?? workspace.zone} />;
}
