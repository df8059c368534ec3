// The studio's language: the person's own, else the one chosen in this browser, else the browser's.
import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

import type { components } from "@/api/schema";
import type { Bundle } from "@/i18n/keys";

/** What the server speaks; a test checks that each has a folder here. */
export type Language = components["schemas"]["WorkspaceRead"]["language"];

// Each folder is a language, and loaded when it is used.
const folders = import.meta.glob<Record<string, Bundle>>("./*/index.ts", { import: "bundles" });
const folderOf = (language: string) => `./${language}/index.ts`;
const fileName = (path: string) => path.replace(/^.*\/|\.json$/g, "");

export const LANGUAGES = Object.keys(folders).map((path) => path.split("/")[1]) as Language[];

const STORAGE_NAME = "araldo.language";

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
  return accepted.find((tag) => tag.includes("-") && baseLanguage(tag) === language) ?? usualLocale(language);
}

/** Return the locale of the region that CLDR names for a language; of English, the one with the 24-hour clock. */
function usualLocale(language: Language): string {
  const region = language === "en" ? "GB" : new Intl.Locale(language).maximize().region;
  return region ? `${language}-${region}` : language;
}

/** Return a language's name, capitalised, in itself or in another language. */
export function languageName(language: Language, inLanguage: Language = language): string {
  const name = new Intl.DisplayNames(inLanguage, { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(inLanguage) + name.slice(1);
}

function baseLanguage(tag: string): string {
  return tag.toLowerCase().split("-")[0] ?? "";
}

export const i18next: i18n = createInstance();

export async function initI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: {},
    // A test checks that every key is in every language: there is nothing to fall back to.
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
    const bundles = (await folders[folderOf(language)]?.()) ?? {};
    for (const [path, bundle] of Object.entries(bundles)) i18next.addResourceBundle(language, fileName(path), bundle);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : "en";
}
