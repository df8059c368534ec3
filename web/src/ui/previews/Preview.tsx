// The preview of a post on one platform, by the kind of preview that the platform declares.
import { Text, VisuallyHidden } from "@mantine/core";
import { Info } from "lucide-react";
import { useId } from "react";

import type { Platform } from "@/api/platforms";
import { useMessages } from "@/i18n/useMessages";
import { FeedCard } from "@/ui/previews/FeedCard";
import { foldText } from "@/ui/previews/fold";
import { Fullscreen } from "@/ui/previews/Fullscreen";
import type { PreviewContent, PictureState, PreviewPicture } from "@/ui/previews/PictureFrame";
import { SquarePost } from "@/ui/previews/SquarePost";

import styles from "./Preview.module.css";

export interface PreviewProps {
  /** With the chosen shape as its `image`. */
  platform: Platform;
  /** The composed text. */
  text: string;
  /** Null while none is chosen. */
  accountName: string | null;
  picture: PreviewPicture | null;
  /** All pictures of a carousel, `picture` included. */
  pictures?: PreviewPicture[];
  /** Default: "ready" with a picture, "none" without. */
  state?: PictureState;
}

const KINDS = { feed_card: FeedCard, square_post: SquarePost, fullscreen: Fullscreen };

export function Preview({ platform, text, accountName, picture, pictures, state }: PreviewProps) {
  const { t } = useMessages();
  const title = useId();
  const all = pictures && pictures.length > 0 ? pictures : picture ? [picture] : [];
  const fold = platform.preview_fold;
  const content: PreviewContent = {
    name: accountName ?? t("previews:yourAccount"),
    text,
    pictures: all,
    state: state ?? (all.length > 0 ? "ready" : "none"),
    width: platform.image.width,
    height: platform.image.height,
    needsPicture: platform.needs_picture,
    fold,
  };
  // A newer server may declare an unknown kind: a card shows the most.
  const kind = isKind(platform.preview) ? platform.preview : "feed_card";
  const Kind = KINDS[kind];
  const isApproximate = platform.shows_text && fold !== null && foldText(text, fold).isFolded;
  return (
    <figure className={styles["preview"]} aria-labelledby={title}>
      <VisuallyHidden component="figcaption" id={title}>
        {t("previews:label", { platform: platform.label })}
      </VisuallyHidden>
      <Kind {...content} />
      {!platform.shows_text && <Note text={t("previews:noCaption", { platform: platform.label })} />}
      {isApproximate && <Note text={t("previews:foldVaries")} />}
    </figure>
  );
}

function Note({ text }: { text: string }) {
  return (
    <div className={styles["note"]}>
      <Info size={16} aria-hidden />
      <Text size="sm">{text}</Text>
    </div>
  );
}

function isKind(name: string): name is keyof typeof KINDS {
  return Object.hasOwn(KINDS, name);
}
