// Areas and points of a picture, as fractions of its width and height. Pure.

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  w: number;
  h: number;
}

interface Percent extends Point {
  width: number;
  height: number;
}

const PRECISION = 1e5;

/** Convert from percent to fractions. Clamp to the picture, because rounding may exceed it. */
export function toBox({ x, y, width, height }: Percent): Box {
  const [left, top] = [clampFraction(x / 100), clampFraction(y / 100)];
  return { x: left, y: top, w: clampSide(width / 100, left), h: clampSide(height / 100, top) };
}

export function toPercent(box: Record<string, number>): Percent {
  const { x = 0, y = 0, w = 1, h = 1 } = box;
  return { x: x * 100, y: y * 100, width: w * 100, height: h * 100 };
}

/** Move a point by an arrow key; null for any other key. */
export function movePoint(point: Point, key: string, by: number): Point | null {
  const [x, y] = (
    { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] } as Record<
      string,
      [number, number]
    >
  )[key] ?? [NaN, NaN];
  return Number.isNaN(x) ? null : { x: clampFraction(point.x + x), y: clampFraction(point.y + y) };
}

export function clampFraction(fraction: number): number {
  return rounded(Math.min(1, Math.max(0, fraction)));
}

function clampSide(fraction: number, from: number): number {
  return Math.max(1 / PRECISION, Math.min(rounded(fraction), rounded(1 - from)));
}

function rounded(fraction: number): number {
  return Math.round(fraction * PRECISION) / PRECISION;
}
