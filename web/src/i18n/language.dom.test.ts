// The choice of the language.
import { describe, expect, it } from "vitest";

import { begin, i18next, preferred, speak } from "@/i18n/language";

describe("the language", () => {
  it.each([
    ["it", ["en-GB"], "it"],
    [null, ["it-CH", "en"], "it"],
    [null, ["de", "it", "en"], "it"],
    [null, ["de-DE"], "en"],
    ["xx", ["IT"], "it"],
    [null, [], "en"],
  ] as const)("kept %s, wanted %j: %s", (kept, wanted, spoken) => {
    expect(preferred(kept, wanted)).toBe(spoken);
  });

  it("is kept, and told to the document", async () => {
    await begin();
    await speak("it");
    expect(document.documentElement.lang).toBe("it");
    expect(localStorage.getItem("araldo.language")).toBe("it");
    expect(i18next.t("ui:retry")).toBe("Riprova");
    await speak("en");
    expect(i18next.t("ui:retry")).toBe("Try again");
  });
});
