// One picture or a carousel: each picture with its own text, ordered by drag, by keyboard and with buttons.
import { Button, Group, Stack, Switch, Text, Title } from "@mantine/core";
import { Plus } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { usePostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { setSlides, type Slide } from "@/wizard/pictures/calls";
import { moveItem } from "@/wizard/pictures/moveItem";
import type { PictureSlot } from "@/wizard/pictures/slots";
import { SlideCard } from "@/wizard/pictures/SlideCard";

import styles from "./pictures.module.css";

const BLANK: Slide = { headline: "", text: "", prompt: "" };

/** Renders nothing where no platform shows more than one picture. */
export function SlidesEditor({ post, slots }: { post: Post; slots: readonly PictureSlot[] }) {
  const { t } = useMessages();
  const change = usePostChange(post, { queue: "slides", reread: true });
  const dragged = useRef<number | null>(null);
  const [announcement, setAnnouncement] = useState("");
  // Part of the key: after a change of order or number each card belongs to another picture.
  const [arrangement, setArrangement] = useState(0);
  const list = useRef<HTMLOListElement>(null);
  const focused = useRef<string | null>(null);
  useEffect(() => {
    // The cards are others now: the focus follows the picture that was moved.
    const control = focused.current;
    focused.current = null;
    if (control === null) return;
    const [at = ""] = control.split(" ");
    const found = [control, `${at} grip`].map((name) => list.current?.querySelector(`[data-control="${name}"]`));
    found.find((one): one is HTMLButtonElement => one instanceof HTMLButtonElement && !one.disabled)?.focus();
  }, [arrangement]);
  const maxPictures = Math.max(...slots.map(({ platform }) => platform.pictures_max));
  if (maxPictures < 2) return null;
  const slides = post.slides;
  const isCarousel = slides.length > 1;
  const isFixed = !slots.every(({ isEditable, result }) => isEditable && !result.image_locked);
  const save = (next: (slides: readonly Slide[]) => readonly Slide[]) => change.mutate((now) => setSlides(now, next));
  const rearrange = (next: (slides: readonly Slide[]) => readonly Slide[]) =>
    change.mutate((now) => setSlides(now, next), { onSuccess: () => setArrangement((times) => times + 1) });
  const isBusy = isFixed || change.isPending;
  const move = (from: number, to: number) => {
    const [, control] = document.activeElement?.getAttribute("data-control")?.split(" ") ?? [];
    focused.current = control === undefined ? null : `${to} ${control}`;
    rearrange((all) => moveItem(all, from, to));
    setAnnouncement(t("pictures:carousel.moved", { from: from + 1, to: to + 1 }));
  };
  const shown = slots.find(({ result }) => result.pictures.length === slides.length);
  const onlyFirst = slots.filter(({ platform }) => platform.pictures_max < slides.length);
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2} size="h4">
          {t("pictures:carousel.title")}
        </Title>
        <Switch
          label={t("pictures:carousel.use")}
          checked={isCarousel}
          disabled={isBusy}
          onChange={(event) => {
            const next = event.currentTarget.checked ? [BLANK, BLANK] : [];
            rearrange(() => next);
          }}
        />
      </Group>
      <ProblemAlert error={change.error} />
      {isCarousel && (
        <>
          <Text size="sm" c="dimmed">
            {t("pictures:carousel.hint")}
          </Text>
          {onlyFirst.length > 0 && (
            <Text size="sm">
              {t("pictures:carousel.onlyFirst", {
                platforms: onlyFirst.map(({ platform }) => platform.label).join(", "),
              })}
            </Text>
          )}
          <ol ref={list} className={styles["slides"]}>
            {slides.map((slide, index) => (
              <SlideCard
                key={`${arrangement} ${index}`}
                slide={slide}
                index={index}
                count={slides.length}
                picture={shown?.result.pictures[index]?.image_url ?? null}
                isFixed={isFixed}
                isBusy={isBusy}
                onSave={(changes) =>
                  save((all) => all.map((other, at) => (at === index ? { ...other, ...changes } : other)))
                }
                onRemove={() => rearrange((all) => all.filter((_, at) => at !== index))}
                onMove={(to) => move(index, to)}
                onDrag={() => {
                  dragged.current = index;
                }}
                onDrop={() => {
                  if (dragged.current !== null && dragged.current !== index) move(dragged.current, index);
                  dragged.current = null;
                }}
              />
            ))}
          </ol>
          <div role="status" className={styles["announcement"]}>
            {announcement}
          </div>
          {slides.length < maxPictures && (
            <Button
              variant="light"
              style={{ alignSelf: "start" }}
              leftSection={<Plus size={16} aria-hidden />}
              disabled={isBusy}
              onClick={() => rearrange((all) => [...all, BLANK])}
            >
              {t("pictures:carousel.add")}
            </Button>
          )}
        </>
      )}
    </Stack>
  );
}
