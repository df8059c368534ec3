// The four steps, and at which step and field an issue can be fixed. Pure.
import type { Platform } from "@/api/platforms";
import type { ProblemEntry } from "@/api/problem";
import { isHashtag } from "@/ui/text/entities";
import { findInvalidAddresses } from "@/wizard/links";
import type { Draft } from "@/wizard/draft";

export const STEPS = [1, 2, 3, 4] as const;
export type Step = (typeof STEPS)[number];
export const STEP_NAMES = { 1: "content", 2: "platforms", 3: "pictures", 4: "publish" } as const;

export function isStep(value: unknown): value is Step {
  return STEPS.some((step) => step === value);
}

/** The element ids of the fields that can have issues. */
export const FIELDS = {
  content: "wizard-content",
  cta: "wizard-cta",
  hashtags: "wizard-hashtags",
  text: (platform: string) => `wizard-text-${platform}`,
  platforms: "wizard-platforms",
  platform: (platform: string) => `wizard-platform-${platform}`,
  schedule: "wizard-schedule",
};

export interface IssueLocation {
  step: Step;
  /** Element id; left out for the step as a whole. */
  field?: string;
}

const PICTURE_CODES = new Set(["picture_needed", "not_all_pictures"]);

/** Return where the person can fix the server's problem. */
export function locateIssue({
  pointer,
  code,
  platform,
}: Pick<ProblemEntry, "pointer" | "code" | "platform">): IssueLocation {
  const [, field = "", name = ""] = pointer.split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const card: IssueLocation = { step: 2, field: FIELDS.platform(platform ?? name) };
  const schedule: IssueLocation = { step: 4, field: FIELDS.schedule };
  const locations: Record<string, IssueLocation> = {
    content: { step: 1, field: FIELDS.content },
    cta: { step: 1, field: FIELDS.cta },
    hashtags: { step: 1, field: FIELDS.hashtags },
    texts: { step: 1, field: FIELDS.text(name) },
    platforms: code === "empty" ? { step: 2, field: FIELDS.platforms } : card,
    accounts: card,
    shapes: card,
    schedule_time: schedule,
    zone: schedule,
    time_choice: schedule,
  };
  return PICTURE_CODES.has(code) ? { step: 3 } : (locations[field] ?? { step: 3 });
}

export interface Issue extends IssueLocation {
  /** Errors prevent publishing, warnings do not. */
  severity: "error" | "warning";
  message: string;
  /** Found by the browser, not by the server. */
  isClientSide?: boolean;
}

export interface IssueMessages {
  badAddress: (address: string) => string;
  badTag: (tag: string) => string;
  noLinks: (labels: string) => string;
  pictureFailed: (label: string) => string;
}

export function toIssue(severity: Issue["severity"], entry: ProblemEntry): Issue {
  return { severity, message: entry.detail, ...locateIssue(entry) };
}

/** Return what the browser finds at once: invalid addresses and hashtags, and links where links cannot be clicked. */
export function clientIssues(
  draft: Draft,
  chosen: readonly Platform[],
  messages: IssueMessages,
  hasLinks: boolean,
): Issue[] {
  const cta = { step: 1, field: FIELDS.cta } as const;
  const hashtags = { step: 1, field: FIELDS.hashtags } as const;
  const withoutLinks = chosen.filter((platform) => platform.shows_text && !platform.links_clickable);
  return [
    ...findInvalidAddresses(draft.cta).map((address): Issue => ({
      severity: "error",
      message: messages.badAddress(address),
      isClientSide: true,
      ...cta,
    })),
    ...draft.hashtags
      .filter((tag) => !isHashtag(tag))
      .map((tag): Issue => ({ severity: "error", message: messages.badTag(tag), isClientSide: true, ...hashtags })),
    ...(hasLinks && withoutLinks.length > 0
      ? [
          {
            severity: "warning",
            message: messages.noLinks(withoutLinks.map(({ label }) => label).join(", ")),
            ...cta,
          } satisfies Issue,
        ]
      : []),
  ];
}

export function countIssues(issues: readonly Issue[], step: Step, severity: Issue["severity"]): number {
  return issues.filter((issue) => issue.step === step && issue.severity === severity).length;
}
