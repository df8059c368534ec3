// The designer's styles as small live cards of this post: one click makes the picture in that style, for all platforms or
// for one. The cards are drawn by the built-in designer, so that neither looking nor choosing costs anything.
import { NativeSelect, Stack, Text, Title } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";

import { imageChoicesQuery, previewCard } from "@/api/images";
import { usePostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { cardStyleLabel } from "@/ui/cardStyle";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { pictureHistoryQuery, setStyle } from "@/wizard/pictures/calls";
import { cardText, hasStyle, previewOf } from "@/wizard/pictures/galleryCards";
import { changeableSlots, isInProgress, type PictureSlot } from "@/wizard/pictures/slots";

import styles from "./StyleGallery.module.css";

const ALL = "";

/** Renders nothing where no picture can be changed, or there are no words to draw. */
export function StyleGallery({ post, slots }: { post: Post; slots: readonly PictureSlot[] }) {
  const { t } = useMessages();
  const title = useId();
  const [scope, setScope] = useState(ALL);
  const { data: choices, error } = useQuery(imageChoicesQuery);
  const change = usePostChange(post, { reread: true });
  const changeable = changeableSlots(slots).filter(({ platform }) => cardText(post, platform.name).trim() !== "");
  const named = changeable.filter(({ platform }) => platform.name === scope);
  // A platform that was deselected or published meanwhile is no longer named.
  const targets = named.length > 0 ? named : changeable;
  const made = useQueries({
    queries: targets.map(({ result }) => pictureHistoryQuery(post.job_id, result)),
    combine: (all) => all.map(({ data }) => data?.style),
  });
  const [shown] = targets;
  if (!shown) return null;
  const isBusy = change.isPending || targets.some(({ result }) => isInProgress(result));
  const isWhole = named.length === 0 && slots.every(({ isEditable }) => isEditable);
  return (
    <section aria-labelledby={title} className={styles["gallery"]}>
      <div className={styles["heading"]}>
        <div>
          <Title order={2} size="h4" id={title}>
            {t("pictures:gallery.title")}
          </Title>
          <Text size="sm" c="dimmed">
            {t("pictures:gallery.hint")}
          </Text>
        </div>
        {changeable.length > 1 && (
          <NativeSelect
            label={t("pictures:gallery.scope")}
            value={named.length > 0 ? scope : ALL}
            data={[
              { value: ALL, label: t("pictures:gallery.everywhere", { count: changeable.length }) },
              ...changeable.map(({ platform }) => ({ value: platform.name, label: platform.label })),
            ]}
            onChange={(event) => setScope(event.currentTarget.value)}
          />
        )}
      </div>
      <Stack gap="xs">
        <ProblemAlert error={error ?? change.error} />
        <ul className={styles["cards"]} aria-labelledby={title}>
          {choices?.styles.map((style) => (
            <li key={style}>
              <StyleCard
                post={post}
                slot={shown}
                style={style}
                isChosen={targets.every((slot, index) => hasStyle(slot, made[index], style))}
                isBusy={isBusy}
                onChoose={() => change.mutate((now) => setStyle(now, targets, style, isWhole))}
              />
            </li>
          ))}
        </ul>
      </Stack>
    </section>
  );
}

interface CardProps {
  post: Post;
  slot: PictureSlot;
  style: string;
  isChosen: boolean;
  isBusy: boolean;
  onChoose: () => void;
}

function StyleCard({ post, slot, style, isChosen, isBusy, onChoose }: CardProps) {
  const { t } = useMessages();
  const { width, height } = slot.pixels;
  const fields = previewOf(post, slot, style);
  const { data, isError } = useQuery({
    queryKey: ["card-preview", fields],
    // The signal stops the request when the gallery is left or shows another card.
    queryFn: ({ signal }) => previewCard(fields, signal),
    staleTime: Infinity,
  });
  return (
    <button
      type="button"
      className={styles["card"]}
      aria-pressed={isChosen}
      aria-disabled={isBusy}
      onClick={() => {
        if (!isBusy && !isChosen) onChoose();
      }}
    >
      <span
        className={styles["frame"]}
        style={{ aspectRatio: `${width} / ${height}`, maxWidth: `calc(9rem * ${width / height})` }}
      >
        {data !== undefined && <img src={data} alt="" />}
      </span>
      <span>{cardStyleLabel(style, t)}</span>
      {isError && <span className={styles["failed"]}>{t("pictures:gallery.notDrawn")}</span>}
    </button>
  );
}
