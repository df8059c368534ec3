// The first picture of a post, small; where it has none yet, a mark.
import { ImageOff } from "lucide-react";

import type { Post } from "@/api/posts";
import { pictureOf } from "@/ui/post/pictureOf";
import { thumbnailUrl } from "@/ui/stableMediaUrl";

import styles from "./PostThumbnail.module.css";

export function PostThumbnail({ post }: { post: Post }) {
  const picture = pictureOf(post);
  return (
    <div className={styles["thumbnail"]}>
      {picture === null ? (
        <ImageOff size={18} aria-hidden />
      ) : (
        <img src={thumbnailUrl(picture)} alt="" loading="lazy" />
      )}
    </div>
  );
}
