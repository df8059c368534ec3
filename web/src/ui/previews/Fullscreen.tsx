// A story: the picture fills the screen, with the account over it and no caption.
import { Avatar } from "@/ui/previews/Avatar";
import { Picture, PictureFrame, type PreviewContent } from "@/ui/previews/PictureFrame";

import styles from "./Preview.module.css";

export function Fullscreen({ name, pictures: [first], state, width, height }: PreviewContent) {
  return (
    <div className={styles["screen"]}>
      <PictureFrame {...{ state, width, height }}>{first && <Picture picture={first} />}</PictureFrame>
      <div className={styles["over"]}>
        <div className={styles["progress"]} aria-hidden />
        <div className={styles["head"]}>
          <Avatar name={name} />
          <div className={styles["name"]}>{name}</div>
        </div>
      </div>
    </div>
  );
}
