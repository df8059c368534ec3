// The length of the text on each platform; announced only when it comes close to the limit.
import { VisuallyHidden } from "@mantine/core";

import { useMessages } from "@/i18n/useMessages";
import { countTags, countText, type Count } from "@/wizard/compose";
import { useWizard } from "@/wizard/useWizard";

import section from "@/wizard/Section.module.css";

export function Counters({ only }: { only?: string }) {
  const { t, locale } = useMessages();
  const { chosen, state } = useWizard();
  const listed = chosen.filter(({ name }) =>
    only === undefined ? state.draft.texts[name] === undefined : name === only,
  );
  const counted = listed.flatMap((platform) => {
    const count = countText(platform, state.draft);
    return count ? [{ platform, count, tags: countTags(platform, state.draft) }] : [];
  });
  const number = (value: number) => new Intl.NumberFormat(locale).format(value);
  const lengthText = ({ graphemes, codePoints, limit, level }: Count) => {
    const count = { count: number(graphemes), limit: number(limit) };
    // An emoji is one grapheme and may be several code points, which the limit counts.
    return level !== "fine" && codePoints !== graphemes
      ? t("wizard:text.countedMore", { ...count, points: number(codePoints) })
      : t("wizard:text.counted", count);
  };
  const nearLimit = counted.filter(({ count }) => count.level !== "fine");
  return (
    <>
      <ul className={section["counters"]} aria-label={t("wizard:text.counters")}>
        {counted.map(({ platform, count, tags }) => (
          <li key={platform.name}>
            <span data-level={count.level}>
              {platform.label} {lengthText(count)}
            </span>
            {tags && tags.graphemes > 0 && (
              <span data-level={tags.level}>
                {" · "}
                {t("wizard:text.hashtags", { count: tags.graphemes, limit: tags.limit })}
              </span>
            )}
          </li>
        ))}
      </ul>
      <VisuallyHidden role="status">
        {nearLimit
          .map(({ platform: { label }, count }) =>
            count.level === "over" ? t("wizard:text.over", { label }) : t("wizard:text.near", { label }),
          )
          .join(" ")}
      </VisuallyHidden>
    </>
  );
}
