// A feed card: account, text, and the picture or a collage.
import { useMessages } from "@/i18n/useMessages";
import { Avatar } from "@/ui/previews/Avatar";
import { FoldedText } from "@/ui/previews/FoldedText";
import { Picture, PictureFrame, type PreviewContent } from "@/ui/previews/PictureFrame";

import styles from "./Preview.module.css";

/** The last picture of a collage shows how many more there are. */
const COLLAGE_MAX = 4;

export function FeedCard({ name, text, pictures, state, width, height, needsPicture, fold }: PreviewContent) {
  const { t } = useMessages();
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
          <FoldedText text={text} limit={fold} links />
        </div>
      )}
      {(needsPicture || first !== undefined || state !== "none") && (
        <PictureFrame {...{ state, width, height }}>
          {pictures.length > 1 ? <Collage pictures={pictures} /> : first && <Picture picture={first} />}
        </PictureFrame>
      )}
    </div>
  );
}

function Collage({ pictures }: { pictures: PreviewContent["pictures"] }) {
  const { t } = useMessages();
  const visible = pictures.slice(0, COLLAGE_MAX);
  const hidden = pictures.length - visible.length;
  return (
    <div className={styles["collage"]} data-count={visible.length}>
      {visible.map((picture, index) => (
        <div key={picture.url} className={styles["part"]}>
          <Picture picture={picture} />
          {hidden > 0 && index === visible.length - 1 && (
            <span className={styles["behind"]}>{t("previews:hidden", { count: hidden })}</span>
          )}
        </div>
      ))}
    </div>
  );
}
