// The picture at its exact ratio, with overlays for dropping, uploading and the safe area.
import { Progress, Text } from "@mantine/core";
import { Upload } from "lucide-react";

import type { Platform } from "@/api/platforms";
import { useMessages } from "@/i18n/useMessages";
import { Picture, PictureFrame } from "@/ui/previews/PictureFrame";
import { previewState, type PictureSlot } from "@/wizard/pictures/slots";

import styles from "./pictures.module.css";

interface Props {
  slot: PictureSlot;
  /** The margins to show, in picture pixels; null for none. */
  safeArea: Platform["safe_margins"] | null;
  isDropTarget: boolean;
  /** Of an upload, from 0 to 1. */
  progress: number | null;
}

export function TilePicture({ slot: { platform, result, pixels }, safeArea, isDropTarget, progress }: Props) {
  const { t } = useMessages();
  const { width, height } = pixels;
  const [carousel, alt] = [result.pictures, result.image_alt ?? ""];
  return (
    // At most as high as a screen, whatever the ratio.
    <div className={styles["frame"]} style={{ maxWidth: `calc(26rem * ${width / height})` }}>
      <PictureFrame state={previewState(result.image_state)} width={width} height={height}>
        {result.image_url !== null && <Picture picture={{ url: result.image_url, alt }} />}
      </PictureFrame>
      {safeArea && <SafeArea margins={safeArea} width={platform.image.width} height={platform.image.height} />}
      {isDropTarget && (
        <div className={styles["drop"]}>
          <Upload aria-hidden />
          <Text>{t("pictures:drop")}</Text>
        </div>
      )}
      {progress !== null && (
        <div className={styles["upload"]}>
          <Progress.Root size="lg">
            <Progress.Section value={progress * 100} aria-label={t("pictures:uploading")} />
          </Progress.Root>
        </div>
      )}
      {carousel.length > 1 && (
        <ol className={styles["several"]}>
          {carousel.map((picture, index) => (
            <li key={index}>
              <PictureFrame state={previewState(picture.image_state)} width={width} height={height}>
                {picture.image_url !== null && (
                  <Picture picture={{ url: picture.image_url, alt: t("pictures:nth", { position: index + 1 }) }} />
                )}
              </PictureFrame>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function SafeArea({ margins, width, height }: { margins: Platform["safe_margins"]; width: number; height: number }) {
  const { t } = useMessages();
  const inset = `${percent(margins.top, height)} ${percent(margins.right, width)} ${percent(margins.bottom, height)} ${percent(margins.left, width)}`;
  return (
    <div className={styles["safe"]} style={{ aspectRatio: `${width} / ${height}` }}>
      <div className={styles["safeInside"]} style={{ inset }} />
      <span className={styles["covered"]}>{t("pictures:covered")}</span>
    </div>
  );
}

function percent(pixels: number, of: number): string {
  return `${(pixels / of) * 100}%`;
}
