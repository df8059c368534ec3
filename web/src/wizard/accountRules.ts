// What holds on a platform for the accounts that a post goes to. Pure.
import type { Account } from "@/api/accounts";
import type { Platform } from "@/api/platforms";

type Option = Platform["options"][number];
type Rules = Account["rules"][string];

/** Return the platform with the strictest rules of these accounts; its own without any. */
export function withAccountRules(platform: Platform, accounts: readonly Account[]): Platform {
  const rules = accounts.flatMap(({ rules }) => rules[platform.name] ?? []);
  return rules.length === 0 ? platform : { ...platform, ...rules.reduce(strictest) };
}

function strictest(one: Rules, other: Rules): Rules {
  return {
    limits: {
      ...one.limits,
      text_max: Math.min(one.limits.text_max, other.limits.text_max),
      hashtags_max: lowest(one.limits.hashtags_max, other.limits.hashtags_max),
      mentions_max: lowest(one.limits.mentions_max, other.limits.mentions_max),
      text_with_pictures_max: lowest(one.limits.text_with_pictures_max, other.limits.text_with_pictures_max),
      bytes_max: lowest(one.limits.bytes_max, other.limits.bytes_max),
      url_length: one.limits.url_length === null ? null : Math.max(one.limits.url_length, other.limits.url_length ?? 0),
    },
    options: one.options.map((option, index) => sharedOption(option, other.options[index])),
    pictures_max: Math.min(one.pictures_max, other.pictures_max),
  };
}

function lowest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

/** Return the option with the choices that both accounts have, and the first one's default if it is among these. */
function sharedOption(one: Option, other: Option | undefined): Option {
  const choices = one.choices.filter(({ value }) => other?.choices.some((choice) => choice.value === value));
  const fits = one.kind !== "choice" || choices.some(({ value }) => value === one.default);
  return { ...one, choices, default: fits ? one.default : null };
}
