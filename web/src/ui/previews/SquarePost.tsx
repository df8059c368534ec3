// A post whose picture comes first: who, the picture or a row of them to page through, and the caption below.
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";

import { useWords } from "@/i18n/useWords";
import { Avatar } from "@/ui/previews/Avatar";
import { FOLDS, FoldedText } from "@/ui/previews/FoldedText";
import { Picture, PictureArea, type Drawn } from "@/ui/previews/PictureArea";

import styles from "./Preview.module.css";

export function SquarePost({ name, text, pictures, state, width, height }: Drawn) {
  const [first] = pictures;
  return (
    <div className={styles["card"]}>
      <div className={styles["head"]}>
        <Avatar name={name} />
        <div className={styles["name"]}>{name}</div>
      </div>
      <PictureArea {...{ state, width, height }}>
        {pictures.length > 1 ? <Carousel pictures={pictures} /> : first && <Picture picture={first} />}
      </PictureArea>
      {text !== "" && (
        <div className={styles["text"]}>
          <span className={styles["name"]}>{name}</span>{" "}
          <FoldedText text={text} most={FOLDS.square_post} links={false} />
        </div>
      )}
    </div>
  );
}

function Carousel({ pictures }: { pictures: Drawn["pictures"] }) {
  const { t } = useWords();
  const [wanted, setWanted] = useState(0);
  // Pictures may have been taken away since.
  const at = Math.min(wanted, pictures.length - 1);
  const picture = pictures[at];
  if (!picture) return null;
  return (
    <>
      <Picture picture={picture} />
      <span className={styles["count"]} role="status">
        {t("previews:ofAll", { at: at + 1, all: pictures.length })}
      </span>
      {at > 0 && (
        <button
          type="button"
          className={styles["turn"]}
          data-side="left"
          onClick={() => setWanted(at - 1)}
          aria-label={t("previews:previous")}
        >
          <ChevronLeft aria-hidden />
        </button>
      )}
      {at < pictures.length - 1 && (
        <button
          type="button"
          className={styles["turn"]}
          data-side="right"
          onClick={() => setWanted(at + 1)}
          aria-label={t("previews:next")}
        >
          <ChevronRight aria-hidden />
        </button>
      )}
    </>
  );
}
