// A text as a feed shows it, folded behind "… more".
import { useId, useState } from "react";

import { useMessages } from "@/i18n/useMessages";
import { foldText, splitText, type Fold } from "@/ui/previews/fold";

import styles from "./Preview.module.css";

interface Props {
  text: string;
  /** Null: the text is never folded. */
  limit: Fold | null;
  /** Whether links in the text can be clicked. */
  links: boolean;
}

export function FoldedText({ text, limit, links }: Props) {
  const { t } = useMessages();
  const id = useId();
  const [open, setOpen] = useState(false);
  const { visible, isFolded } = limit ? foldText(text, limit) : { visible: text, isFolded: false };
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
