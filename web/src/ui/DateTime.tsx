// A moment, as clocks in a zone read it.
import { useWords } from "@/i18n/useWords";
import type { Language } from "@/i18n/language";

type Style = "day" | "moment" | "second";

const STYLES: Record<Style, Intl.DateTimeFormatOptions> = {
  day: { day: "numeric", month: "short", year: "numeric" },
  moment: { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" },
  second: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

/** `at` as RFC 3339; without a zone, the viewer's own. */
export function When({ at, zone, style = "moment" }: { at: string; zone?: string | null | undefined; style?: Style }) {
  const { language } = useWords();
  return <time dateTime={at}>{momentOf(at, language, zone, style)}</time>;
}

export function momentOf(at: string, language: Language, zone?: string | null, style: Style = "moment"): string {
  const options = { ...STYLES[style], ...(zone ? { timeZone: zone } : {}) };
  // British: the day stands before the month, as everywhere that these pages are read.
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, options).format(new Date(at));
}
