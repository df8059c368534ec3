// A card in a feed: who, the words, and below them the picture or a collage of several.
import { useWords } from "@/i18n/useWords";
import { Avatar } from "@/ui/previews/Avatar";
import { FOLDS, FoldedText } from "@/ui/previews/FoldedText";
import { Picture, PictureArea, type Drawn } from "@/ui/previews/PictureArea";

import styles from "./Preview.module.css";

/** A collage has so many; the last one says how many are behind it. */
const COLLAGE = 4;

export function FeedCard({ name, text, pictures, state, width, height, needsPicture }: Drawn) {
  const { t } = useWords();
  const [first] = pictures;
  return (
    <div className={styles["card"]}>
      <div className={styles["head"]}>
        <Avatar name={name} />
        <div>
          <div className={styles["name"]}>{name}</div>
          <div className={styles["when"]}>{t("previews:now")}</div>
        </div>
      </div>
      {text !== "" && (
        <div className={styles["text"]}>
          <FoldedText text={text} most={FOLDS.feed_card} links />
        </div>
      )}
      {(needsPicture || first !== undefined || state !== "none") && (
        <PictureArea {...{ state, width, height }}>
          {pictures.length > 1 ? <Collage pictures={pictures} /> : first && <Picture picture={first} />}
        </PictureArea>
      )}
    </div>
  );
}

function Collage({ pictures }: { pictures: Drawn["pictures"] }) {
  const { t } = useWords();
  const shown = pictures.slice(0, COLLAGE);
  const behind = pictures.length - shown.length;
  return (
    <div className={styles["collage"]} data-count={shown.length}>
      {shown.map((picture, index) => (
        <div key={picture.url} className={styles["part"]}>
          <Picture picture={picture} />
          {behind > 0 && index === shown.length - 1 && (
            <span className={styles["behind"]}>{t("previews:behind", { count: behind })}</span>
          )}
        </div>
      ))}
    </div>
  );
}
