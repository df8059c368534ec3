// The picture of one platform, its state, and everything that can be done with it.
import { Alert, Button, Group, Stack, Switch, Text, Title } from "@mantine/core";
import { RefreshCw, TriangleAlert } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";

import { usePostChange, type PostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { isRemade } from "@/ui/post/isRemade";
import { PictureBadge } from "@/ui/StatusBadge";
import { AltTextEditor } from "@/wizard/pictures/AltTextEditor";
import { makeFirstPicture, recreatePicture } from "@/wizard/pictures/calls";
import { PictureSource } from "@/wizard/pictures/PictureSource";
import { CustomPicture } from "@/wizard/pictures/CustomPicture";
import { PictureHistory } from "@/wizard/pictures/PictureHistory";
import { hasText, isInProgress, needsFirstPicture, type PictureSlot } from "@/wizard/pictures/slots";
import { RegeneratePicture } from "@/wizard/pictures/RegeneratePicture";
import { ShapeSelect } from "@/wizard/pictures/ShapeSelect";
import { TextOverlaySwitch } from "@/wizard/pictures/TextOverlaySwitch";
import { TilePicture } from "@/wizard/pictures/TilePicture";
import { useCustomPicture } from "@/wizard/pictures/useCustomPicture";

import styles from "./pictures.module.css";

export interface TileProps {
  post: Post;
  slot: PictureSlot;
  /** All slots of the post, for actions on all of them. */
  slots: readonly PictureSlot[];
}

export function PictureTile({ post, slot, slots }: TileProps) {
  const { t } = useMessages();
  const { platform, result, pixels, isEditable } = slot;
  const title = useId();
  const tile = useRef<HTMLElement>(null);
  const [isSafeAreaShown, setSafeAreaShown] = useState(false);
  const change = usePostChange(post, { reread: true });
  const custom = useCustomPicture(post, slot, tile);
  const { mutate } = change;
  const needsFirst = needsFirstPicture(post, result);
  useEffect(() => {
    // Not again after a failure: the person sees why, and retries.
    if (needsFirst) mutate(() => makeFirstPicture(post, result));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once each time a picture is needed
  }, [needsFirst, mutate]);
  const canChange = isEditable && !result.image_locked;
  const margins = platform.safe_margins;
  const hasMargins = margins.top + margins.right + margins.bottom + margins.left > 0;
  return (
    <section
      ref={tile}
      className={styles["tile"]}
      aria-labelledby={title}
      data-platform={platform.name}
      {...custom.dropping}
    >
      <Group justify="space-between" gap="xs">
        <div>
          <Title order={2} size="h4" id={title}>
            {platform.label}
          </Title>
          <Text size="sm" c="dimmed">
            {t("pictures:pixels", { width: pixels.width, height: pixels.height })}
          </Text>
        </div>
        <div role="status">
          <PictureBadge state={result.image_state} />
        </div>
      </Group>
      <div className={styles["inside"]}>
        <Stack gap="xs">
          <TilePicture
            slot={slot}
            safeArea={isSafeAreaShown ? margins : null}
            isDropTarget={custom.isOver && canChange}
            progress={custom.progress}
          />
          {custom.progress !== null && (
            <Button size="xs" variant="subtle" onClick={custom.stop}>
              {t("pictures:stopUpload")}
            </Button>
          )}
          <PictureHistory post={post} slot={slot} change={change} />
        </Stack>
        <Stack gap="sm">
          <PictureProblem slot={slot} post={post} change={change} />
          <ProblemAlert error={custom.error} />
          <PictureSource post={post} slot={slot} change={change} />
          {canChange && !isInProgress(result) && (
            <RegeneratePicture post={post} slot={slot} slots={slots} change={change} />
          )}
          {canChange && <CustomPicture post={post} slot={slot} slots={slots} custom={custom} change={change} />}
          <ShapeSelect slot={slot} change={change} />
          <TextOverlaySwitch post={post} slot={slot} change={change} />
          {hasMargins && (
            <Switch
              label={t("pictures:safeArea")}
              checked={isSafeAreaShown}
              onChange={(event) => setSafeAreaShown(event.currentTarget.checked)}
            />
          )}
          <AltTextEditor key={result.image_alt} post={post} slot={slot} change={change} />
        </Stack>
      </div>
    </section>
  );
}

/** Why the picture is missing, outdated or another one, and the button to fix it. */
function PictureProblem({
  post,
  slot: { result, isEditable },
  change,
}: {
  post: Post;
  slot: PictureSlot;
  change: PostChange;
}) {
  const { t } = useMessages();
  const retry = () => change.mutate(() => recreatePicture(post, result));
  if (change.error) {
    return <ProblemAlert error={change.error} {...(needsFirstPicture(post, result) ? { retry } : {})} />;
  }
  if (result.image_state === "failed") {
    return (
      <Alert color="red" icon={<TriangleAlert aria-hidden />} title={t("pictures:failed")}>
        <Stack gap="xs" align="start">
          {failureReasons(result).map((reason) => (
            <Text size="sm" key={reason}>
              {reason}
            </Text>
          ))}
          {isEditable && !result.image_locked && (
            <Button size="xs" variant="default" loading={change.isPending} onClick={retry}>
              {t("ui:retry")}
            </Button>
          )}
        </Stack>
      </Alert>
    );
  }
  if (result.image_state === "stale" && isEditable) {
    return (
      <Alert color="yellow" icon={<RefreshCw aria-hidden />} title={t("pictures:stale")}>
        <Button size="xs" variant="default" loading={change.isPending} onClick={retry}>
          {t("pictures:update")}
        </Button>
      </Alert>
    );
  }
  if (isRemade(result)) return <Alert color="blue" icon={<RefreshCw aria-hidden />} title={t("post:pictureRemade")} />;
  if (result.image_state === "none" && !hasText(post, result.platform)) {
    return (
      <Text size="sm" c="dimmed">
        {t("pictures:noText")}
      </Text>
    );
  }
  return null;
}

/** Return the reasons; of a carousel, each picture's own. */
function failureReasons(result: PictureSlot["result"]): string[] {
  const each = result.pictures.flatMap(({ error }) => (error === null ? [] : [error]));
  const whole = result.error === null ? [] : [result.error];
  return [...new Set(each.length > 0 ? each : whole)];
}
