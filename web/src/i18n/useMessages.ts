// The hook for messages: `const { t } = useMessages()`, then `t("posts:title")`. `locale` is for dates and numbers.
import { useTranslation } from "react-i18next";

import type { Translate } from "@/i18n/keys";
import { formattingLocale, isLanguage, type Language } from "@/i18n/language";

export function useMessages(): { t: Translate; language: Language; locale: string } {
  const { t, i18n } = useTranslation();
  const language = isLanguage(i18n.language) ? i18n.language : "en";
  return { t, language, locale: formattingLocale(language, navigator.languages) };
}
