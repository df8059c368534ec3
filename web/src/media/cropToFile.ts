// Draws a part of a picture into a new file, in its full resolution.
import type { Medium } from "@/api/media";
import type { Box } from "@/ui/crop/crop";

/** The quality of JPEG and WebP, from 0 to 1: high, because the server encodes the file once more. */
const QUALITY = 0.95;
const TYPES: Record<string, string> = { "image/png": ".png", "image/webp": ".webp", "image/jpeg": ".jpg" };

interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Return the part in whole pixels, at least one and inside the picture. */
export function toPixels({ x, y, w, h }: Box, width: number, height: number): Rectangle {
  const left = Math.min(Math.round(x * width), width - 1);
  const top = Math.min(Math.round(y * height), height - 1);
  return {
    left,
    top,
    width: Math.max(1, Math.min(Math.round(w * width), width - left)),
    height: Math.max(1, Math.min(Math.round(h * height), height - top)),
  };
}

/** Return the name of the cropped copy: `sea.jpeg` in 400 × 300 is `sea-400x300.jpg`. */
export function croppedName(filename: string, { width, height }: Pick<Rectangle, "width" | "height">, ending: string) {
  const stem = filename.replace(/\.[a-z0-9]{2,5}$/i, "");
  return `${stem || "picture"}-${width}x${height}${ending}`;
}

/** Raises an Error when the picture cannot be loaded or drawn. */
export async function cropToFile(medium: Medium, url: string, box: Box): Promise<File> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const { left, top, width, height } = toPixels(box, image.naturalWidth, image.naturalHeight);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw pictures.");
  context.drawImage(image, left, top, width, height, 0, 0, width, height);
  const type = medium.mime in TYPES ? medium.mime : "image/jpeg";
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, QUALITY));
  if (!blob) throw new Error("This browser cannot encode the picture.");
  // A browser that cannot write the type writes PNG.
  return new File([blob], croppedName(medium.filename, { width, height }, TYPES[blob.type] ?? ".png"), {
    type: blob.type,
  });
}
