// A square post: account, the picture or a carousel, and the caption.
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";

import { useMessages } from "@/i18n/useMessages";
import { Avatar } from "@/ui/previews/Avatar";
import { FoldedText } from "@/ui/previews/FoldedText";
import { Picture, PictureFrame, type PreviewContent } from "@/ui/previews/PictureFrame";

import styles from "./Preview.module.css";

export function SquarePost({ name, text, pictures, state, width, height, fold }: PreviewContent) {
  const [first] = pictures;
  return (
    <div className={styles["card"]}>
      <div className={styles["head"]}>
        <Avatar name={name} />
        <div className={styles["name"]}>{name}</div>
      </div>
      <PictureFrame {...{ state, width, height }}>
        {pictures.length > 1 ? <Carousel pictures={pictures} /> : first && <Picture picture={first} />}
      </PictureFrame>
      {text !== "" && (
        <div className={styles["text"]}>
          <span className={styles["name"]}>{name}</span> <FoldedText text={text} limit={fold} links={false} />
        </div>
      )}
    </div>
  );
}

function Carousel({ pictures }: { pictures: PreviewContent["pictures"] }) {
  const { t } = useMessages();
  const [selected, setSelected] = useState(0);
  // Pictures may have been removed since.
  const index = Math.min(selected, pictures.length - 1);
  const picture = pictures[index];
  if (!picture) return null;
  return (
    <>
      <Picture picture={picture} />
      <span className={styles["count"]} role="status">
        {t("previews:position", { position: index + 1, total: pictures.length })}
      </span>
      {index > 0 && (
        <button
          type="button"
          className={styles["turn"]}
          data-side="left"
          onClick={() => setSelected(index - 1)}
          aria-label={t("previews:previous")}
        >
          <ChevronLeft aria-hidden />
        </button>
      )}
      {index < pictures.length - 1 && (
        <button
          type="button"
          className={styles["turn"]}
          data-side="right"
          onClick={() => setSelected(index + 1)}
          aria-label={t("previews:next")}
        >
          <ChevronRight aria-hidden />
        </button>
      )}
    </>
  );
}
