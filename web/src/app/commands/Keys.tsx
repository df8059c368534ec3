// The keys of a shortcut.
import { isMacKeyboard, keyLabels, type Shortcut } from "@/app/commands/shortcuts";

import styles from "./commands.module.css";

export function Keys({ shortcut }: { shortcut: Shortcut }) {
  return (
    <span className={styles["keys"]}>
      {keyLabels(shortcut, isMacKeyboard()).map((label, index) => (
        // The same key may come twice in a sequence.
        <kbd key={index} className={styles["key"]}>
          {label}
        </kbd>
      ))}
    </span>
  );
}
