// A text as a feed shows it, folded behind "… more".
import { useId, useState } from "react";

import { useMessages } from "@/i18n/useMessages";
import { foldText, splitText, type Fold } from "@/ui/previews/fold";

import styles from "./Preview.module.css";

/** Approximate limits by kind of preview: not documented, and different from screen to screen. */
export const FOLDS = {
  feed_card: { characters: 480, lines: 5 },
  square_post: { characters: 125, lines: 2 },
} as const satisfies Record<string, Fold>;

export function hasFold(kind: string): kind is keyof typeof FOLDS {
  return Object.hasOwn(FOLDS, kind);
}

interface Props {
  text: string;
  limit: Fold;
  /** Whether links in the text can be clicked. */
  links: boolean;
}

export function FoldedText({ text, limit, links }: Props) {
  const { t } = useMessages();
  const id = useId();
  const [open, setOpen] = useState(false);
  const { visible, isFolded } = foldText(text, limit);
  return (
    <>
      <span id={id}>
        {splitText(text, open ? text.length : visible.length).map((part, index) => (
          <span
            key={index}
            {...(part.kind === "plain" || (part.kind === "link" && !links) ? {} : { className: styles["special"] })}
          >
            {part.text}
          </span>
        ))}
      </span>
      {isFolded && (
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
