// The focal point of a picture, set with the pointer or the arrow keys.
import { Stack, Text } from "@mantine/core";
import { useId, type KeyboardEvent, type PointerEvent } from "react";

import { useMessages } from "@/i18n/useMessages";
import { movePoint, clampFraction, type Point } from "@/ui/crop/crop";

import styles from "./pictures.module.css";

const STEP = 0.02;

interface Props {
  url: string;
  alt: string;
  point: Point;
  onChange: (point: Point) => void;
}

export function FocalPoint({ url, alt, point, onChange }: Props) {
  const { t } = useMessages();
  const hint = useId();
  const onPointer = (event: PointerEvent<HTMLDivElement>) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    onChange({
      x: clampFraction((event.clientX - box.left) / box.width),
      y: clampFraction((event.clientY - box.top) / box.height),
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = movePoint(point, event.key, event.shiftKey ? STEP * 5 : STEP);
    if (!next) return;
    event.preventDefault();
    onChange(next);
  };
  const [x, y] = [percent(point.x), percent(point.y)];
  return (
    <Stack gap="xs" align="center">
      <Text size="sm" c="dimmed" id={hint} w="100%">
        {t("pictures:crop.pointHint")}
      </Text>
      <div role="presentation" className={styles["focal"]} onPointerDown={onPointer} onPointerMove={onPointer}>
        <img src={url} alt={alt} draggable={false} />
        <button
          type="button"
          className={styles["point"]}
          style={{ left: x, top: y }}
          aria-label={t("pictures:crop.pointAt", { x, y })}
          aria-describedby={hint}
          onKeyDown={onKeyDown}
        />
      </div>
    </Stack>
  );
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)}%`;
}
