// Everything that stands in the post's way or may, from the server and from what the browser sees at once.
import type { Platform } from "@/api/platforms";
import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { addressesIn } from "@/wizard/addresses";
import { textOn } from "@/wizard/compose";
import type { Draft } from "@/wizard/draft";
import { ownRemarks, remarkOf, type OwnWords, type Remark } from "@/wizard/steps";

export function useRemarks(draft: Draft, post: Post | null, platforms: readonly Platform[]): Remark[] {
  const { t } = useWords();
  const words: OwnWords = {
    badAddress: (address) => t("wizard:cta.badAddress", { address }),
    badTag: (tag) => t("wizard:hashtags.invalid", { tag }),
    noLinks: (labels) => t("wizard:cta.noLinks", { labels }),
    pictureFailed: (label) => t("wizard:check.pictureFailed", { label }),
  };
  const chosen = platforms.filter(({ name }) => draft.platforms.includes(name));
  const hasLinks = chosen.some(
    (platform) => !platform.links_clickable && addressesIn(textOn(platform.name, draft)).length > 0,
  );
  const own = ownRemarks(draft, chosen, words, hasLinks);
  // What the browser has said of a field already, the server need not say again.
  const told = (remark: Remark) => !own.some(({ kind, field }) => kind === "error" && field === remark.field);
  const said = post
    ? [
        ...post.problems.map((entry) => remarkOf("error", entry)),
        ...post.warnings.map((entry) => remarkOf("warning", entry)),
      ]
    : [];
  return [...own, ...said.filter(told), ...failedPictures(post, chosen, words)];
}

function failedPictures(post: Post | null, chosen: readonly Platform[], words: OwnWords): Remark[] {
  const failed =
    post?.platforms.filter(({ image_state }) => image_state === "failed").map(({ platform }) => platform) ?? [];
  return chosen
    .filter(({ name }) => failed.includes(name))
    .map(({ label }) => ({ kind: "warning", step: 3, says: words.pictureFailed(label) }));
}
