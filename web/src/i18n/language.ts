// Which language the studio speaks: the person's own, else the one chosen in this browser, else the browser's.
import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = ["it", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEPT = "araldo.language";

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}

/** `wanted` in order of preference, as `navigator.languages` has it; English when none is spoken here. */
export function preferred(kept: string | null, wanted: readonly string[]): Language {
  if (isLanguage(kept)) return kept;
  return wanted.map((tag) => tag.toLowerCase().split("-")[0]).find(isLanguage) ?? "en";
}

export const i18next: i18n = createInstance();

const load = {
  it: () => import("@/i18n/it"),
  en: () => import("@/i18n/en"),
};

export async function begin(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: {},
    // Every key is in both languages (a test says so), so nothing falls back to words of the other one.
    fallbackLng: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await speak(preferred(localStorage.getItem(KEPT), navigator.languages));
}

/** Loads a language's words and speaks it from now on, also after a reload. */
export async function speak(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  if (!i18next.hasResourceBundle(language, "app")) {
    const { words } = await load[language]();
    for (const [area, its] of Object.entries(words)) i18next.addResourceBundle(language, area, its);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export function spoken(): Language {
  return isLanguage(i18next.language) ? i18next.language : "en";
}
