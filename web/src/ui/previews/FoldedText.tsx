// A post's text as a feed shows it: its beginning, with the rest behind "… more".
import { useId, useState } from "react";

import { useWords } from "@/i18n/useWords";
import { fold, pieces, type Fold } from "@/ui/previews/fold";

import styles from "./Preview.module.css";

/** About where the feeds of a kind cut: they do not say, and it varies with the screen. */
export const FOLDS = {
  feed_card: { characters: 480, lines: 5 },
  square_post: { characters: 125, lines: 2 },
} as const satisfies Record<string, Fold>;

export function isFolding(kind: string): kind is keyof typeof FOLDS {
  return Object.hasOwn(FOLDS, kind);
}

interface Props {
  text: string;
  most: Fold;
  /** Whether an address in the text can be clicked there. */
  links: boolean;
}

export function FoldedText({ text, most, links }: Props) {
  const { t } = useWords();
  const id = useId();
  const [open, setOpen] = useState(false);
  const { shown, folded } = fold(text, most);
  return (
    <>
      <span id={id}>
        {pieces(text, open ? text.length : shown.length).map((piece, index) => (
          <span
            key={index}
            {...(piece.kind === "plain" || (piece.kind === "link" && !links) ? {} : { className: styles["special"] })}
          >
            {piece.text}
          </span>
        ))}
      </span>
      {folded && (
        <button
          type="button"
          className={styles["more"]}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {open ? t("previews:less") : t("previews:more")}
        </button>
      )}
    </>
  );
}
