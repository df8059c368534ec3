// The picture itself at its exact ratio, or what stands for it; over it what is dropped, on its way, or to be kept free.
import { Progress, Text } from "@mantine/core";
import { Upload } from "lucide-react";

import type { Platform } from "@/api/platforms";
import { useWords } from "@/i18n/useWords";
import { Picture, PictureArea } from "@/ui/previews/PictureArea";
import { shownState, type Place } from "@/wizard/pictures/pictures";

import styles from "./pictures.module.css";

interface Props {
  place: Place;
  /** The rims to show, in the picture's pixels. */
  safe: Platform["safe_margins"] | null;
  dropping: boolean;
  /** Of an upload, from 0 to 1. */
  progress: number | null;
}

export function TilePicture({ place: { platform, result, pixels }, safe, dropping, progress }: Props) {
  const { t } = useWords();
  const { width, height } = pixels;
  const [several, alt] = [result.pictures, result.image_alt ?? ""];
  return (
    // No taller than a screen, however tall its ratio.
    <div className={styles["frame"]} style={{ maxWidth: `calc(26rem * ${width / height})` }}>
      <PictureArea state={shownState(result.image_state)} width={width} height={height}>
        {result.image_url !== null && <Picture picture={{ url: result.image_url, alt }} />}
      </PictureArea>
      {safe && <SafeArea margins={safe} width={platform.image.width} height={platform.image.height} />}
      {dropping && (
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
      {several.length > 1 && (
        <ol className={styles["several"]}>
          {several.map((one, index) => (
            <li key={index}>
              <PictureArea state={shownState(one.image_state)} width={width} height={height}>
                {one.image_url !== null && (
                  <Picture picture={{ url: one.image_url, alt: t("pictures:nth", { at: index + 1 }) }} />
                )}
              </PictureArea>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function SafeArea({ margins, width, height }: { margins: Platform["safe_margins"]; width: number; height: number }) {
  const { t } = useWords();
  const inset = `${share(margins.top, height)} ${share(margins.right, width)} ${share(margins.bottom, height)} ${share(margins.left, width)}`;
  return (
    <div className={styles["safe"]} style={{ aspectRatio: `${width} / ${height}` }}>
      <div className={styles["safeInside"]} style={{ inset }} />
      <span className={styles["covered"]}>{t("pictures:covered")}</span>
    </div>
  );
}

function share(pixels: number, of: number): string {
  return `${(pixels / of) * 100}%`;
}
