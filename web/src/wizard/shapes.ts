// A platform as it is with one of its picture's shapes. Pure.
import type { Platform } from "@/api/platforms";

/** The platform's own shape where that one is unknown, or none was chosen. */
export function shapeOf(platform: Platform, chosen: string | undefined): Platform["shapes"][number] | undefined {
  return platform.shapes.find(({ name }) => name === chosen) ?? platform.shapes[0];
}

export function shaped(platform: Platform, chosen: string | undefined): Platform {
  const shape = shapeOf(platform, chosen);
  if (!shape) return platform;
  return { ...platform, image: { ...platform.image, width: shape.width, height: shape.height, ratio: shape.ratio } };
}
