// How much of each platform's room the text takes: one number a platform, said aloud only when a limit comes close.
import { VisuallyHidden } from "@mantine/core";

import { useWords } from "@/i18n/useWords";
import { countTags, countText, type Count } from "@/wizard/compose";
import { useWizard } from "@/wizard/useWizard";

import styles from "./Parts.module.css";

export function Counters({ only }: { only?: string }) {
  const { t, language } = useWords();
  const { chosen, state } = useWizard();
  const shown = chosen.filter(({ name }) =>
    only === undefined ? state.draft.texts[name] === undefined : name === only,
  );
  const counted = shown.flatMap((platform) => {
    const count = countText(platform, state.draft);
    return count ? [{ platform, count, tags: countTags(platform, state.draft) }] : [];
  });
  const number = (value: number) => value.toLocaleString(language === "en" ? "en-GB" : language);
  const says = ({ seen, counted: points, most, level }: Count) => {
    const count = { count: number(seen), most: number(most) };
    // An emoji is one for people and several for the limit: said where it matters.
    return level !== "fine" && points !== seen
      ? t("wizard:text.countedMore", { ...count, points: number(points) })
      : t("wizard:text.counted", count);
  };
  const close = counted.filter(({ count }) => count.level !== "fine");
  return (
    <>
      <ul className={styles["counters"]} aria-label={t("wizard:text.counters")}>
        {counted.map(({ platform, count, tags }) => (
          <li key={platform.name}>
            <span data-level={count.level}>
              {platform.label} {says(count)}
            </span>
            {tags && tags.seen > 0 && (
              <span data-level={tags.level}>
                {" · "}
                {t("wizard:text.tags", { count: tags.seen, most: tags.most })}
              </span>
            )}
          </li>
        ))}
      </ul>
      <VisuallyHidden role="status">
        {close
          .map(({ platform: { label }, count }) =>
            count.level === "over" ? t("wizard:text.over", { label }) : t("wizard:text.near", { label }),
          )
          .join(" ")}
      </VisuallyHidden>
    </>
  );
}
