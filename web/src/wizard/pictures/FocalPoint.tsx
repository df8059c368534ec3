// The point of a picture that has to stay, set with the pointer or the arrow keys.
import { Stack, Text } from "@mantine/core";
import { useId, type KeyboardEvent, type PointerEvent } from "react";

import { useWords } from "@/i18n/useWords";
import { moved, within, type Point } from "@/wizard/pictures/cutting";

import styles from "./pictures.module.css";

const STEP = 0.02;

interface Props {
  url: string;
  alt: string;
  point: Point;
  changed: (point: Point) => void;
}

export function FocalPoint({ url, alt, point, changed }: Props) {
  const { t } = useWords();
  const hint = useId();
  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    changed({ x: within((event.clientX - box.left) / box.width), y: within((event.clientY - box.top) / box.height) });
  };
  const turn = (event: KeyboardEvent) => {
    const next = moved(point, event.key, event.shiftKey ? STEP * 5 : STEP);
    if (!next) return;
    event.preventDefault();
    changed(next);
  };
  const [x, y] = [percent(point.x), percent(point.y)];
  return (
    <Stack gap="xs" align="center">
      <Text size="sm" c="dimmed" id={hint} w="100%">
        {t("pictures:focalHint")}
      </Text>
      <div role="presentation" className={styles["focal"]} onPointerDown={press} onPointerMove={press}>
        <img src={url} alt={alt} draggable={false} />
        <button
          type="button"
          className={styles["point"]}
          style={{ left: x, top: y }}
          aria-label={t("pictures:focalAt", { x, y })}
          aria-describedby={hint}
          onKeyDown={turn}
        />
      </div>
    </Stack>
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
