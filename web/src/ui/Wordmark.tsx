// Araldo's logo and name.
import styles from "./Wordmark.module.css";

export function Wordmark() {
  return (
    <div className={styles["mark"]}>
      <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
        <rect width="32" height="32" rx="7" className={styles["field"]} />
        <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round">
          <path d="M6 13v6h4l11 5V8l-11 5z" />
          <path d="M25 12.5a5 5 0 0 1 0 7" />
          <path d="M11 19.5l1.5 5.5" />
        </g>
      </svg>
      <span>{NAME}</span>
    </div>
  );
}

// A proper name: not translated.
const NAME = "Araldo";
