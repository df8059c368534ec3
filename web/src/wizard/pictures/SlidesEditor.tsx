// One picture or several: each of several with its own words, in an order that keys and the pointer can change.
import { Button, Group, Stack, Switch, Text, Title } from "@mantine/core";
import { Plus } from "lucide-react";
import { useRef, useState } from "react";

import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { setSlides, usePostChange, type Slide } from "@/wizard/pictures/calls";
import { reordered } from "@/wizard/pictures/order";
import type { Place } from "@/wizard/pictures/pictures";
import { SlideCard } from "@/wizard/pictures/SlideCard";

import styles from "./pictures.module.css";

const BLANK: Slide = { headline: "", text: "", prompt: "" };

/** Nothing, where no platform shows more than one. */
export function Slides({ post, places }: { post: Post; places: readonly Place[] }) {
  const { t } = useWords();
  const change = usePostChange(post, "slides");
  const dragged = useRef<number | null>(null);
  const [said, setSaid] = useState("");
  // Another order, or another number: then each card is another picture's.
  const [rearranged, setRearranged] = useState(0);
  const most = Math.max(...places.map(({ platform }) => platform.pictures_max));
  if (most < 2) return null;
  const slides = post.slides;
  const several = slides.length > 1;
  const fixed = !places.every(({ open, result }) => open && !result.image_locked);
  const keep = (next: (slides: readonly Slide[]) => readonly Slide[]) => change.mutate((now) => setSlides(now, next));
  const rearrange = (next: (slides: readonly Slide[]) => readonly Slide[]) =>
    change.mutate((now) => setSlides(now, next), { onSuccess: () => setRearranged((times) => times + 1) });
  const busy = fixed || change.isPending;
  const move = (from: number, to: number) => {
    rearrange((all) => reordered(all, from, to));
    setSaid(t("pictures:moved", { from: from + 1, to: to + 1 }));
  };
  const onlyFirst = places.filter(({ platform }) => platform.pictures_max < slides.length);
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2} size="h4">
          {t("pictures:several")}
        </Title>
        <Switch
          label={t("pictures:severalOn")}
          checked={several}
          disabled={busy}
          onChange={(event) => {
            const next = event.currentTarget.checked ? [BLANK, BLANK] : [];
            rearrange(() => next);
          }}
        />
      </Group>
      <ProblemAlert error={change.error} />
      {several && (
        <>
          <Text size="sm" c="dimmed">
            {t("pictures:severalHint")}
          </Text>
          {onlyFirst.length > 0 && (
            <Text size="sm">
              {t("pictures:onlyFirst", { platforms: onlyFirst.map(({ platform }) => platform.label).join(", ") })}
            </Text>
          )}
          <ol className={styles["slides"]}>
            {slides.map((slide, index) => (
              <SlideCard
                key={`${rearranged} ${index}`}
                slide={slide}
                at={index}
                count={slides.length}
                fixed={fixed}
                busy={busy}
                keep={(changes) => keep((all) => all.map((one, nth) => (nth === index ? { ...one, ...changes } : one)))}
                remove={() => rearrange((all) => all.filter((_, nth) => nth !== index))}
                move={(to) => move(index, to)}
                drag={() => {
                  dragged.current = index;
                }}
                drop={() => {
                  if (dragged.current !== null && dragged.current !== index) move(dragged.current, index);
                  dragged.current = null;
                }}
              />
            ))}
          </ol>
          <div role="status" className={styles["said"]}>
            {said}
          </div>
          {slides.length < most && (
            <Button
              variant="light"
              style={{ alignSelf: "start" }}
              leftSection={<Plus size={16} aria-hidden />}
              disabled={busy}
              onClick={() => rearrange((all) => [...all, BLANK])}
            >
              {t("pictures:add")}
            </Button>
          )}
        </>
      )}
    </Stack>
  );
}
