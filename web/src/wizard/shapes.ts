// The shapes of a platform's pictures. Pure.
import type { Platform } from "@/api/platforms";

/** Return the chosen shape, else the platform's first. */
export function findShape(platform: Platform, chosen: string | undefined): Platform["shapes"][number] | undefined {
  return platform.shapes.find(({ name }) => name === chosen) ?? platform.shapes[0];
}

/** Return the platform with the picture size of the chosen shape. */
export function withShape(platform: Platform, chosen: string | undefined): Platform {
  const shape = findShape(platform, chosen);
  if (!shape) return platform;
  return { ...platform, image: { ...platform.image, width: shape.width, height: shape.height, ratio: shape.ratio } };
}
