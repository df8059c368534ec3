// How a post will look on one platform, drawn by the kind of preview that the platform declares; nothing in it is invented.
import { Text, VisuallyHidden } from "@mantine/core";
import { Info } from "lucide-react";
import { useId } from "react";

import type { Platform } from "@/api/platforms";
import { useWords } from "@/i18n/useWords";
import { FeedCard } from "@/ui/previews/FeedCard";
import { fold } from "@/ui/previews/fold";
import { FOLDS, isFolding } from "@/ui/previews/FoldedText";
import { Fullscreen } from "@/ui/previews/Fullscreen";
import type { Drawn, PictureState, Shown } from "@/ui/previews/PictureArea";
import { SquarePost } from "@/ui/previews/SquarePost";

import styles from "./Preview.module.css";

export interface PreviewProps {
  /** For a picture of another shape than the usual: with that one as its `image`. */
  platform: Platform;
  /** What will be sent. */
  text: string;
  /** Null while no account is chosen. */
  accountName: string | null;
  picture: Shown | null;
  /** When there are several: all of them, `picture` included. */
  pictures?: Shown[];
  /** Left out: "ready" with a picture, "none" without. */
  state?: PictureState;
}

const KINDS = { feed_card: FeedCard, square_post: SquarePost, fullscreen: Fullscreen };

export function Preview({ platform, text, accountName, picture, pictures, state }: PreviewProps) {
  const { t } = useWords();
  const title = useId();
  const all = pictures && pictures.length > 0 ? pictures : picture ? [picture] : [];
  const drawn: Drawn = {
    name: accountName ?? t("previews:yourAccount"),
    text,
    pictures: all,
    state: state ?? (all.length > 0 ? "ready" : "none"),
    width: platform.image.width,
    height: platform.image.height,
    needsPicture: platform.needs_picture,
  };
  // A newer server may declare a kind that is not known here: a card shows the most.
  const kind = isKind(platform.preview) ? platform.preview : "feed_card";
  const Kind = KINDS[kind];
  const approximate = platform.shows_text && isFolding(kind) && fold(text, FOLDS[kind]).folded;
  return (
    <figure className={styles["preview"]} aria-labelledby={title}>
      <VisuallyHidden component="figcaption" id={title}>
        {t("previews:of", { platform: platform.label })}
      </VisuallyHidden>
      <Kind {...drawn} />
      {!platform.shows_text && <Note says={t("previews:noCaption", { platform: platform.label })} />}
      {approximate && <Note says={t("previews:foldVaries")} />}
    </figure>
  );
}

function Note({ says }: { says: string }) {
  return (
    <div className={styles["note"]}>
      <Info size={16} aria-hidden />
      <Text size="sm">{says}</Text>
    </div>
  );
}

function isKind(name: string): name is keyof typeof KINDS {
  return Object.hasOwn(KINDS, name);
}
