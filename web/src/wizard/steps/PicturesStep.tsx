// Step 3: a picture for each platform.
import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ImageIcon, RefreshCw } from "lucide-react";

import type { Platform } from "@/api/platforms";
import { usePostChange } from "@/api/post-actions";
import { usePostEvents } from "@/api/post-events";
import { postQuery, type Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { EmptyState } from "@/ui/EmptyState";
import { FirstUseHint } from "@/ui/FirstUseHint";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { recreatePicture } from "@/wizard/pictures/calls";
import { PictureTile } from "@/wizard/pictures/PictureTile";
import { pictureSlots, type PictureSlot } from "@/wizard/pictures/slots";
import { SlidesEditor } from "@/wizard/pictures/SlidesEditor";
import { StyleGallery } from "@/wizard/pictures/StyleGallery";

import styles from "@/wizard/pictures/pictures.module.css";

interface Props {
  postId: string;
  /** The post's platforms, in display order. */
  platforms: Platform[];
}

export function PicturesStep({ postId, platforms }: Props) {
  const { t } = useMessages();
  const { data: post, error, refetch } = useQuery(postQuery(postId));
  const connection = usePostEvents(postId);
  if (error && !post) return <ProblemAlert error={error} retry={() => void refetch()} />;
  if (!post) return <Loading />;
  const slots = pictureSlots(post, platforms);
  if (slots.length === 0) return <EmptyState Icon={ImageIcon} message={t("pictures:noPlatforms")} />;
  return (
    <Stack gap="lg">
      {connection === "polling" && (
        <Text size="sm" c="dimmed" role="status">
          {t("pictures:polling")}
        </Text>
      )}
      <FirstUseHint name="pictures" text={t("pictures:firstUse")} />
      <StyleGallery post={post} slots={slots} />
      <UpdateAll post={post} slots={slots} />
      <div className={styles["tiles"]}>
        {slots.map((slot) => (
          <PictureTile key={slot.platform.name} post={post} slot={slot} slots={slots} />
        ))}
      </div>
      <SlidesEditor post={post} slots={slots} />
    </Stack>
  );
}

/** Button to update all pictures, when the text has changed and several show the old one. */
function UpdateAll({ post, slots }: { post: Post; slots: readonly PictureSlot[] }) {
  const { t } = useMessages();
  const change = usePostChange(post, { reread: true });
  const stale = slots.filter(
    ({ result, isEditable }) => isEditable && result.image_state === "stale" && !result.image_locked,
  );
  const updateAll = async () => {
    let last = post;
    for (const { result } of stale) last = await recreatePicture(post, result);
    return last;
  };
  if (stale.length < 2) return <ProblemAlert error={change.error} />;
  return (
    <Stack gap="xs" align="start">
      <Button
        variant="light"
        leftSection={<RefreshCw size={16} aria-hidden />}
        loading={change.isPending}
        onClick={() => change.mutate(updateAll)}
      >
        {t("pictures:updateAll", { count: stale.length })}
      </Button>
      <ProblemAlert error={change.error} />
    </Stack>
  );
}
