// How a component speaks: `const { t, language } = useWords()`, then `t("posts:title")`.
import { useTranslation } from "react-i18next";

import type { Translate } from "@/i18n/keys";
import { isLanguage, type Language } from "@/i18n/language";

export function useWords(): { t: Translate; language: Language } {
  const { t, i18n } = useTranslation();
  return { t, language: isLanguage(i18n.language) ? i18n.language : "en" };
}
