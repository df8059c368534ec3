// The names of picture providers as people know them. Pure.
import type { Translate } from "@/i18n/keys";
import { DESIGNER } from "@/wizard/pictures/slots";

const BRANDS: Readonly<Record<string, string>> = { google: "Google", openai: "OpenAI", pollinations: "Pollinations" };

/** Return who made a picture, e.g. "Made by Google". */
export function providerText(provider: string | null | undefined, t: Translate): string {
  if (provider === DESIGNER) return t("pictures:source.designer");
  return t("pictures:source.provider", { provider: providerName(provider ?? "?") });
}

export function providerName(provider: string): string {
  return BRANDS[provider] ?? provider;
}
