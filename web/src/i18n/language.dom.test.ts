// The choice of language and locale.
import { describe, expect, it, vi } from "vitest";

import {
  chooseLanguage,
  followPreference,
  formattingLocale,
  i18next,
  initI18n,
  languageName,
  loadMessages,
  preferredLanguage,
  setLanguage,
  withMessages,
} from "@/i18n/language";

describe("the preferred language", () => {
  it.each([
    ["it", ["en-GB"], "it"],
    [null, ["it-CH", "en"], "it"],
    [null, ["de", "it", "en"], "it"],
    [null, ["de-DE"], "en"],
    ["xx", ["IT"], "it"],
    [null, ["ca", "es-MX", "en"], "es"],
    [null, [], "en"],
  ] as const)("with %s chosen and %j accepted is %s", (chosen, accepted, language) => {
    expect(preferredLanguage(chosen, accepted)).toBe(language);
  });
});

describe("the formatting locale", () => {
  it.each([
    ["en", ["en-US", "en"], "en-US"],
    ["en", ["de-DE", "en"], "en-GB"],
    ["it", ["en-GB", "it-CH"], "it-CH"],
    ["it", ["en-GB"], "it-IT"],
    ["es", ["es", "en-GB"], "es-ES"],
    ["es", ["es-MX", "es"], "es-MX"],
  ] as const)("of %s in a browser that accepts %j is %s", (language, accepted, locale) => {
    expect(formattingLocale(language, accepted)).toBe(locale);
  });
});

describe("the name of a language", () => {
  it.each([
    ["es", undefined, "Español"],
    ["it", undefined, "Italiano"],
    ["es", "it", "Spagnolo"],
    ["en", "es", "Inglés"],
  ] as const)("%s in %s is %s", (language, inLanguage, name) => {
    expect(languageName(language, inLanguage)).toBe(name);
  });
});

describe("the language in use", () => {
  it("is remembered in this browser only when a person chooses it", async () => {
    await initI18n();
    await setLanguage("it");
    expect(localStorage.getItem("araldo.language")).toBeNull();
    expect(document.documentElement.lang).toBe("it");
    expect(i18next.t("ui:retry")).toBe("Riprova");
    await chooseLanguage("en");
    expect(localStorage.getItem("araldo.language")).toBe("en");
    expect(i18next.t("ui:retry")).toBe("Try again");
  });

  it("follows the browser until a person chooses one", async () => {
    await initI18n();
    vi.spyOn(navigator, "languages", "get").mockReturnValue(["it-IT", "en"]);
    await followPreference();
    expect(i18next.language).toBe("it");
    await chooseLanguage("en");
    await followPreference();
    expect(i18next.language).toBe("en");
  });
});

describe("the messages of an area", () => {
  it("are loaded in the language in use, and in every later one before it is used", async () => {
    await initI18n();
    await setLanguage("en");
    await loadMessages("brand");
    expect(i18next.hasResourceBundle("en", "brand")).toBe(true);
    await setLanguage("it");
    expect(i18next.t("brand:title")).toBe("Marchio");
  });

  it("are there in the language that was chosen while they were loaded", async () => {
    await initI18n();
    await setLanguage("en");
    const chosen = setLanguage("it");
    expect(await withMessages(() => Promise.resolve("module"), "media")()).toBe("module");
    await chosen;
    expect(i18next.language).toBe("it");
    expect(["en", "it"].filter((language) => i18next.hasResourceBundle(language, "media"))).toEqual(["en", "it"]);
  });

  it("leave the language that was chosen last", async () => {
    await initI18n();
    await Promise.all([setLanguage("it"), setLanguage("en")]);
    expect([i18next.language, document.documentElement.lang]).toEqual(["en", "en"]);
  });
});
