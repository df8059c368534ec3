// The studio's language: the person's own, else the one chosen in this browser, else the browser's.
import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

import type { components } from "@/api/schema";
import type { Area, Bundle } from "@/i18n/keys";

/** What the server speaks; a test checks that each has a folder here. */
export type Language = components["schemas"]["WorkspaceRead"]["language"];

// Each folder is a language, and each of its files an area, which is loaded when it is used.
const files = import.meta.glob<Bundle>("./*/*.json", { import: "default" });

export const LANGUAGES = [...new Set(Object.keys(files).map((path) => path.split("/")[1]))] as Language[];

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

// The areas whose messages are in use, in any language: those of every page first.
const neededAreas = new Set<Area>(["app", "ui"]);
// The language being loaded, which replaces the one in use once it is there.
let chosenLanguage: Language = "en";

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

/** Load a language's messages of all areas in use, then use it until the page is loaded again. */
export async function setLanguage(language: Language): Promise<void> {
  chosenLanguage = language;
  await loadNeededAreas(language);
  // Another one was chosen meanwhile.
  if (chosenLanguage !== language) return;
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Load the messages of these areas, so that what uses them can be rendered, also after a change of language. */
export async function loadMessages(...areas: Area[]): Promise<void> {
  for (const area of areas) neededAreas.add(area);
  await Promise.all([...new Set([currentLanguage(), chosenLanguage])].map(loadNeededAreas));
}

/** Return an importer that is done when the module and the messages that it uses are there; both load at once. */
export function withMessages<T>(importModule: () => Promise<T>, ...areas: Area[]): () => Promise<T> {
  return async () => (await Promise.all([importModule(), loadMessages(...areas)]))[0];
}

async function loadNeededAreas(language: Language): Promise<void> {
  const missing = [...neededAreas].filter((area) => !i18next.hasResourceBundle(language, area));
  const loaded = await Promise.all(missing.map(async (area) => [area, await loadBundle(language, area)] as const));
  for (const [area, bundle] of loaded) i18next.addResourceBundle(language, area, bundle);
}

async function loadBundle(language: Language, area: Area): Promise<Bundle> {
  const load = files[`./${language}/${area}.json`];
  if (!load) throw new Error(`There are no messages of ${area} in ${language}.`);
  return await load();
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : "en";
}
