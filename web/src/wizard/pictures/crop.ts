// Parts and points of a picture, as shares of its width and height. Pure.

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

const PLACES = 1e5;

/** A part in percent as one in shares, kept inside the picture, which rounding may have left by a hair. */
export function boxOf({ x, y, width, height }: Percent): Box {
  const [left, top] = [within(x / 100), within(y / 100)];
  return { x: left, y: top, w: side(width / 100, left), h: side(height / 100, top) };
}

export function percentOf(box: Record<string, number>): Percent {
  const { x = 0, y = 0, w = 1, h = 1 } = box;
  return { x: x * 100, y: y * 100, width: w * 100, height: h * 100 };
}

/** As an arrow key moves it; null for any other key. */
export function moved(point: Point, key: string, by: number): Point | null {
  const [x, y] = (
    { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] } as Record<
      string,
      [number, number]
    >
  )[key] ?? [NaN, NaN];
  return Number.isNaN(x) ? null : { x: within(point.x + x), y: within(point.y + y) };
}

export function within(share: number): number {
  return rounded(Math.min(1, Math.max(0, share)));
}

function side(share: number, from: number): number {
  return Math.max(1 / PLACES, Math.min(rounded(share), rounded(1 - from)));
}

function rounded(share: number): number {
  return Math.round(share * PLACES) / PLACES;
}
