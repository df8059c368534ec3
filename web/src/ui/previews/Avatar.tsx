// Stands for an account's own picture, which is not known here: its first letter.
import styles from "./Preview.module.css";

export function Avatar({ name }: { name: string }) {
  const letter = /[\p{L}\p{N}]/u.exec(name)?.[0] ?? "";
  return (
    <span className={styles["avatar"]} aria-hidden>
      {letter.toLocaleUpperCase()}
    </span>
  );
}
