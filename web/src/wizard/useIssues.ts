// All issues of the post: the server's, and those that the browser finds at once.
import type { Platform } from "@/api/platforms";
import type { Post, PostValidation } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { liveDeliveries } from "@/ui/post/deliveries";
import { findAddresses } from "@/wizard/links";
import { composedText } from "@/wizard/compose";
import type { Draft } from "@/wizard/draftFields";
import { clientIssues, toIssue, type IssueMessages, type Issue } from "@/wizard/steps";

/** `validation`: the server's answer about the draft itself, which is newer than the saved post's. */
export function useIssues(
  draft: Draft,
  post: Post | null,
  platforms: readonly Platform[],
  validation: PostValidation | null,
): Issue[] {
  const { t } = useMessages();
  const messages: IssueMessages = {
    badAddress: (address) => t("wizard:cta.badAddress", { address }),
    badTag: (tag) => t("wizard:hashtags.invalid", { tag }),
    noLinks: (labels) => t("wizard:cta.noLinks", { labels }),
    pictureFailed: (label) => t("wizard:check.pictureFailed", { label }),
  };
  const chosen = platforms.filter(({ name }) => draft.platforms.includes(name));
  const hasLinks = chosen.some(
    (platform) => !platform.links_clickable && findAddresses(composedText(platform.name, draft)).length > 0,
  );
  const local = clientIssues(draft, chosen, messages, hasLinks);
  // The server's issue of a field is left out where the browser shows an error of the same field.
  const isNew = (issue: Issue) => !local.some(({ severity, field }) => severity === "error" && field === issue.field);
  return [...local, ...reportedIssues(post, validation).filter(isNew), ...failedPictures(post, chosen, messages)];
}

/** Return the server's issues: of content, platforms and options by the validation, else all by the saved post. */
export function reportedIssues(
  post: Pick<Post, "problems" | "warnings"> | null,
  validation: Pick<PostValidation, "problems" | "warnings"> | null,
): Issue[] {
  const saved = post ? allIssues(post) : [];
  if (!validation) return saved;
  return [...allIssues(validation).filter(isOfDraft), ...saved.filter((issue) => !isOfDraft(issue))];
}

function allIssues({ problems, warnings }: Pick<Post, "problems" | "warnings">): Issue[] {
  return [...problems.map((entry) => toIssue("error", entry)), ...warnings.map((entry) => toIssue("warning", entry))];
}

function isOfDraft({ step }: Issue): boolean {
  return step <= 2;
}

function failedPictures(post: Post | null, chosen: readonly Platform[], messages: IssueMessages): Issue[] {
  const failed = (post ? liveDeliveries(post) : [])
    .filter(({ image_state }) => image_state === "failed")
    .map(({ platform }) => platform);
  return chosen
    .filter(({ name }) => failed.includes(name))
    .map(({ label }) => ({ severity: "warning", step: 3, message: messages.pictureFailed(label) }));
}
