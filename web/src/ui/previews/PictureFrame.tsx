// The frame of a picture in a preview, at its exact ratio in every state, so that the layout does not shift.
import { Skeleton, Text } from "@mantine/core";
import { ImageIcon, ImageOff, LoaderCircle, RefreshCw } from "lucide-react";
import type { ReactNode } from "react";

import { useMessages } from "@/i18n/useMessages";
import type { Fold } from "@/ui/previews/fold";
import { stableMediaUrl } from "@/ui/stableMediaUrl";

import styles from "./Preview.module.css";

export type PictureState = "none" | "making" | "failed" | "stale" | "ready";

export interface PreviewPicture {
  url: string;
  alt: string;
}

/** The input of every kind of preview. */
export interface PreviewContent {
  name: string;
  text: string;
  pictures: PreviewPicture[];
  state: PictureState;
  /** In pixels, of the published picture. */
  width: number;
  height: number;
  needsPicture: boolean;
  fold: Fold | null;
}

interface Props extends Pick<PreviewContent, "state" | "width" | "height"> {
  /** The present picture, shown also while another one is made. */
  children?: ReactNode;
}

export function PictureFrame({ state, width, height, children }: Props) {
  const { t } = useMessages();
  const ratio = { aspectRatio: `${width} / ${height}` };
  const label = t(`previews:picture.${state}`);
  if (children === undefined || children === null) {
    return (
      <div className={styles["picture"]} style={ratio} data-state={state}>
        {state === "making" && <Skeleton className={styles["fill"]} radius={0} aria-hidden />}
        <div className={styles["instead"]}>
          {state === "failed" ? <ImageOff aria-hidden /> : <ImageIcon aria-hidden />}
          <Text size="sm">{label}</Text>
        </div>
      </div>
    );
  }
  return (
    <div className={styles["picture"]} style={ratio} data-state={state}>
      {children}
      {state !== "ready" && state !== "none" && (
        <span className={styles["flag"]}>
          {state === "making" ? (
            <LoaderCircle size={14} aria-hidden />
          ) : state === "stale" ? (
            <RefreshCw size={14} aria-hidden />
          ) : (
            <ImageOff size={14} aria-hidden />
          )}
          {label}
        </span>
      )}
    </div>
  );
}

export function Picture({ picture }: { picture: PreviewPicture }) {
  return <img className={styles["fill"]} src={stableMediaUrl(picture.url)} alt={picture.alt} draggable={false} />;
}
