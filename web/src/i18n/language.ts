// The studio's language: the person's own, else the one chosen in this browser, else the browser's.
import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = ["it", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const STORAGE_NAME = "araldo.language";
const USUAL_LOCALES: Record<Language, string> = { it: "it-IT", en: "en-GB" };

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}

/** Return the chosen language, else the first supported one of `accepted` (as `navigator.languages`), else English. */
export function preferredLanguage(chosen: string | null, accepted: readonly string[]): Language {
  if (isLanguage(chosen)) return chosen;
  return accepted.map(baseLanguage).find(isLanguage) ?? "en";
}

/** Return the locale for dates and numbers: the browser's regional variant of the language, else a usual one. */
export function formattingLocale(language: Language, accepted: readonly string[]): string {
  return accepted.find((tag) => tag.includes("-") && baseLanguage(tag) === language) ?? USUAL_LOCALES[language];
}

function baseLanguage(tag: string): string {
  return tag.toLowerCase().split("-")[0] ?? "";
}

export const i18next: i18n = createInstance();

const load = {
  it: () => import("@/i18n/it"),
  en: () => import("@/i18n/en"),
};

export async function initI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: {},
    // A test checks that every key is in both languages: there is nothing to fall back to.
    fallbackLng: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await followPreference();
}

/** Use the language chosen in this browser, else the browser's own. */
export async function followPreference(): Promise<void> {
  await setLanguage(preferredLanguage(localStorage.getItem(STORAGE_NAME), navigator.languages));
}

/** Use a language that the person chose, and remember it in this browser. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORAGE_NAME, language);
  await setLanguage(language);
}

/** Load a language's messages and use it until the page is loaded again. */
export async function setLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "app")) {
    const { messages } = await load[language]();
    for (const [area, bundle] of Object.entries(messages)) i18next.addResourceBundle(language, area, bundle);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : "en";
}
