// The options of a post on a platform, as people read them. Pure.
import type { Platform } from "@/api/platforms";
import type { Translate } from "@/i18n/keys";

export type Option = Platform["options"][number];

export function findOption(platforms: readonly Platform[], platform: string, name: string): Option | undefined {
  return platforms.find((one) => one.name === platform)?.options.find((option) => option.name === name);
}

/** Return a choice's label, a text as it is, or yes and no; "" for no value. */
export function optionText(option: Option | undefined, value: unknown, t: Translate): string {
  if (typeof value === "boolean") return t(value ? "post:option.yes" : "post:option.no");
  if (typeof value !== "string") return "";
  return option?.choices.find((choice) => choice.value === value)?.label ?? value;
}
