// One platform's picture: what it shows, how it stands, and everything that can be done to it.
import { Alert, Button, Group, Stack, Switch, Text, Title } from "@mantine/core";
import { RefreshCw, TriangleAlert } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";

import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { PictureBadge } from "@/ui/StatusBadge";
import { AltText } from "@/wizard/pictures/AltText";
import { begin, remake, usePostChange, type PostChange } from "@/wizard/pictures/calls";
import { Origin } from "@/wizard/pictures/Origin";
import { OwnPicture } from "@/wizard/pictures/OwnPicture";
import { PastPictures } from "@/wizard/pictures/PastPictures";
import { hasWords, isBusy, isWanting, type Place } from "@/wizard/pictures/pictures";
import { Remaking } from "@/wizard/pictures/Remaking";
import { ShapeChoice } from "@/wizard/pictures/ShapeChoice";
import { TextOver } from "@/wizard/pictures/TextOver";
import { TilePicture } from "@/wizard/pictures/TilePicture";
import { useOwnPicture } from "@/wizard/pictures/useOwnPicture";

import styles from "./pictures.module.css";

export interface TileProps {
  post: Post;
  place: Place;
  /** All of the post's, for what can be done on every one. */
  places: readonly Place[];
}

export function PictureTile({ post, place, places }: TileProps) {
  const { t } = useWords();
  const { platform, result, pixels, open } = place;
  const title = useId();
  const tile = useRef<HTMLElement>(null);
  const [showsSafe, setShowsSafe] = useState(false);
  const change = usePostChange(post);
  const own = useOwnPicture(post, place, tile);
  const { mutate } = change;
  const wanting = isWanting(post, result);
  useEffect(() => {
    // Not again after a fault: the person is shown why, and asks.
    if (wanting) mutate(() => begin(post, result));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each time that a picture is wanted
  }, [wanting, mutate]);
  const free = open && !result.image_locked;
  const margins = platform.safe_margins;
  const hasMargins = margins.top + margins.right + margins.bottom + margins.left > 0;
  return (
    <section
      ref={tile}
      className={styles["tile"]}
      aria-labelledby={title}
      data-platform={platform.name}
      {...own.dropping}
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
            place={place}
            safe={showsSafe ? margins : null}
            dropping={own.isOver && free}
            progress={own.progress}
          />
          {own.progress !== null && (
            <Button size="xs" variant="subtle" onClick={own.callOff}>
              {t("pictures:callOff")}
            </Button>
          )}
        </Stack>
        <Stack gap="sm">
          <Wrong place={place} post={post} change={change} />
          <ProblemAlert error={own.error} />
          <Origin post={post} place={place} change={change} />
          {free && !isBusy(result) && <Remaking post={post} place={place} places={places} change={change} />}
          {free && <OwnPicture post={post} place={place} places={places} own={own} change={change} />}
          <ShapeChoice place={place} change={change} />
          <PastPictures post={post} place={place} change={change} />
          <TextOver post={post} place={place} change={change} />
          {hasMargins && (
            <Switch
              label={t("pictures:safeArea")}
              checked={showsSafe}
              onChange={(event) => setShowsSafe(event.currentTarget.checked)}
            />
          )}
          <AltText key={result.image_alt} post={post} place={place} change={change} />
        </Stack>
      </div>
    </section>
  );
}

/** What keeps the picture from being right, and the way on. */
function Wrong({ post, place: { result, open }, change }: { post: Post; place: Place; change: PostChange }) {
  const { t } = useWords();
  const again = () => change.mutate(() => remake(post, result));
  if (change.error) {
    return <ProblemAlert error={change.error} {...(isWanting(post, result) ? { retry: again } : {})} />;
  }
  if (result.image_state === "failed") {
    return (
      <Alert color="red" icon={<TriangleAlert aria-hidden />} title={t("pictures:failed")}>
        <Stack gap="xs" align="start">
          {whyFailed(result).map((why) => (
            <Text size="sm" key={why}>
              {why}
            </Text>
          ))}
          {open && !result.image_locked && (
            <Button size="xs" variant="default" loading={change.isPending} onClick={again}>
              {t("ui:retry")}
            </Button>
          )}
        </Stack>
      </Alert>
    );
  }
  if (result.image_state === "stale" && open) {
    return (
      <Alert color="yellow" icon={<RefreshCw aria-hidden />} title={t("pictures:stale")}>
        <Button size="xs" variant="default" loading={change.isPending} onClick={again}>
          {t("pictures:update")}
        </Button>
      </Alert>
    );
  }
  if (result.image_state === "none" && !hasWords(post, result.platform)) {
    return (
      <Text size="sm" c="dimmed">
        {t("pictures:noWords")}
      </Text>
    );
  }
  return null;
}

/** Of several pictures each has its own reason. */
function whyFailed(result: Place["result"]): string[] {
  const each = result.pictures.flatMap(({ error }) => (error === null ? [] : [error]));
  const whole = result.error === null ? [] : [result.error];
  return [...new Set(each.length > 0 ? each : whole)];
}
