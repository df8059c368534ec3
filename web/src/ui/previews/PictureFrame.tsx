// The picture's place in a preview, at its exact ratio whatever becomes of the picture, so that nothing moves when it comes.
import { Skeleton, Text } from "@mantine/core";
import { ImageIcon, ImageOff, LoaderCircle, RefreshCw } from "lucide-react";
import type { ReactNode } from "react";

import { useWords } from "@/i18n/useWords";
import { steadyAddress } from "@/ui/steadyAddress";

import styles from "./Preview.module.css";

export type PictureState = "none" | "making" | "failed" | "stale" | "ready";

export interface Shown {
  url: string;
  alt: string;
}

/** What every kind of preview is drawn from. */
export interface Drawn {
  name: string;
  text: string;
  pictures: Shown[];
  state: PictureState;
  /** Pixels, of the picture as it will be published. */
  width: number;
  height: number;
  needsPicture: boolean;
}

interface Props extends Pick<Drawn, "state" | "width" | "height"> {
  /** What is there already: shown also while another is made. */
  children?: ReactNode;
}

export function PictureArea({ state, width, height, children }: Props) {
  const { t } = useWords();
  const ratio = { aspectRatio: `${width} / ${height}` };
  const words = t(`previews:picture.${state}`);
  if (children === undefined || children === null) {
    return (
      <div className={styles["picture"]} style={ratio} data-state={state}>
        {state === "making" && <Skeleton className={styles["fill"]} radius={0} aria-hidden />}
        <div className={styles["instead"]}>
          {state === "failed" ? <ImageOff aria-hidden /> : <ImageIcon aria-hidden />}
          <Text size="sm">{words}</Text>
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
          {words}
        </span>
      )}
    </div>
  );
}

export function Picture({ picture }: { picture: Shown }) {
  return <img className={styles["fill"]} src={steadyAddress(picture.url)} alt={picture.alt} draggable={false} />;
}
