// The wizard's third step: a picture for every platform, each by itself.
import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ImageIcon, RefreshCw } from "lucide-react";

import type { Platform } from "@/api/platforms";
import { usePostEvents } from "@/api/post-events";
import { postQuery, type Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { EmptyState } from "@/ui/EmptyState";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { remake, usePostChange } from "@/wizard/pictures/calls";
import { PictureTile } from "@/wizard/pictures/PictureTile";
import { placesOf, type Place } from "@/wizard/pictures/pictures";
import { Slides } from "@/wizard/pictures/Slides";

import styles from "@/wizard/pictures/pictures.module.css";

interface Props {
  postId: string;
  /** Those that the post goes to, in their order. */
  platforms: Platform[];
}

export function PicturesStep({ postId, platforms }: Props) {
  const { t } = useWords();
  const { data: post, error, refetch } = useQuery(postQuery(postId));
  const following = usePostEvents(postId);
  if (error && !post) return <ProblemAlert error={error} retry={() => void refetch()} />;
  if (!post) return <Loading />;
  const places = placesOf(post, platforms);
  if (places.length === 0) return <EmptyState Icon={ImageIcon} says={t("pictures:noPlatforms")} />;
  return (
    <Stack gap="lg">
      {following === "polling" && (
        <Text size="sm" c="dimmed" role="status">
          {t("pictures:polling")}
        </Text>
      )}
      <UpdateAll post={post} places={places} />
      <div className={styles["tiles"]}>
        {places.map((place) => (
          <PictureTile key={place.platform.name} post={post} place={place} places={places} />
        ))}
      </div>
      <Slides post={post} places={places} />
    </Stack>
  );
}

/** When the text has changed and several pictures still show the old one. */
function UpdateAll({ post, places }: { post: Post; places: readonly Place[] }) {
  const { t } = useWords();
  const change = usePostChange(post);
  const stale = places.filter(({ result, open }) => open && result.image_state === "stale" && !result.image_locked);
  const updateAll = async () => {
    let last = post;
    for (const { result } of stale) last = await remake(post, result);
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
