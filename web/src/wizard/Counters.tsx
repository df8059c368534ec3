// The length of the text on each platform, announced only when it comes close to the limit, and what else is wrong there.
import { VisuallyHidden } from "@mantine/core";

import { useMessages } from "@/i18n/useMessages";
import { countTags, countText, type Count } from "@/wizard/compose";
import { hasPictures } from "@/wizard/pictures/slots";
import { useWizard } from "@/wizard/useWizard";

import section from "@/wizard/Section.module.css";

export function Counters({ only }: { only?: string }) {
  const { t, locale } = useMessages();
  const { chosen, state, post, issues } = useWizard();
  const listed = chosen.filter(({ name }) =>
    only === undefined ? state.draft.texts[name] === undefined : name === only,
  );
  const counted = listed.flatMap((platform) => {
    const count = countText(platform, state.draft, hasPictures(post, platform.name));
    return count ? [{ platform, count, tags: countTags(platform, state.draft) }] : [];
  });
  const number = (value: number) => new Intl.NumberFormat(locale).format(value);
  const lengthText = ({ graphemes, count, unit, limit, level }: Count) => {
    const values = { count: number(count), limit: number(limit) };
    // What people count and what the limit counts differ by emoji, links and mentions, and in bytes by every accent.
    return level === "fine" || count === graphemes
      ? t("wizard:text.counted", { ...values, count: number(unit === "bytes" ? graphemes : count) })
      : t(unit === "bytes" ? "wizard:text.countedBytes" : "wizard:text.countedOtherwise", values);
  };
  // What is wrong with the text itself is said at its field; this is fixed in the next step.
  const problemsOn = (name: string) =>
    issues
      .filter(({ platform, step, severity }) => platform === name && step === 2 && severity === "error")
      .map(({ message }) => message);
  const nearLimit = counted.filter(({ count }) => count.level !== "fine");
  return (
    <>
      <ul className={section["counters"]} aria-label={t("wizard:text.counters")}>
        {counted.map(({ platform, count, tags }) => (
          <li key={platform.name}>
            <span data-level={count.level}>
              {platform.label} {lengthText(count)}
            </span>
            {tags && tags.count > 0 && (
              <span data-level={tags.level}>
                {" · "}
                {t("wizard:text.hashtags", { count: tags.count, limit: tags.limit })}
              </span>
            )}
            {problemsOn(platform.name).map((message) => (
              <span key={message} data-level="over">
                {" · "}
                {message}
              </span>
            ))}
          </li>
        ))}
      </ul>
      <VisuallyHidden role="status">
        {[
          ...nearLimit.map(({ platform: { label }, count }) =>
            count.level === "over" ? t("wizard:text.over", { label }) : t("wizard:text.near", { label }),
          ),
          ...counted.flatMap(({ platform: { name } }) => problemsOn(name)),
        ].join(" ")}
      </VisuallyHidden>
    </>
  );
}
