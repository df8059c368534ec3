// A picture that fills the screen of a phone, with the account over it and no caption: none is shown there.
import { Avatar } from "@/ui/previews/Avatar";
import { Picture, PictureArea, type Drawn } from "@/ui/previews/PictureArea";

import styles from "./Preview.module.css";

export function Fullscreen({ name, pictures: [first], state, width, height }: Drawn) {
  return (
    <div className={styles["screen"]}>
      <PictureArea {...{ state, width, height }}>{first && <Picture picture={first} />}</PictureArea>
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
