// The initial of an account, whose picture is not known.
import styles from "./Preview.module.css";

export function Avatar({ name }: { name: string }) {
  const letter = /[\p{L}\p{N}]/u.exec(name)?.[0] ?? "";
  return (
    <span className={styles["avatar"]} aria-hidden>
      {letter.toLocaleUpperCase()}
    </span>
  );
}
