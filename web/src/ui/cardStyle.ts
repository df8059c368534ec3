// The names of the designer's styles.
import type { Translate } from "@/i18n/keys";

const NAMED_STYLES = ["professional", "creative", "minimal", "bold", "elegant", "playful"] as const;

/** Return the style as people call it. A newer server may have more: then the server's name. */
export function cardStyleLabel(style: string, t: Translate): string {
  const named = NAMED_STYLES.find((name) => name === style);
  return named ? t(`ui:style.${named}`) : style;
}
