// At which step and field an issue can be fixed. Pure.
import type { Platform } from "@/api/platforms";
import type { ProblemEntry } from "@/api/problem";
import { isHashtag } from "@/ui/text/entities";
import { findInvalidAddresses } from "@/wizard/links";
import {
  DRAFT_FIELDS,
  FIELD_NAMES,
  isByPlatform,
  isDraftField,
  type Draft,
  type DraftField,
} from "@/wizard/draftFields";
import type { Step } from "@/wizard/search";

/** The element ids of the fields that can have issues. */
export const FIELDS = {
  ...(Object.fromEntries(FIELD_NAMES.map((field) => [field, `wizard-${field}`])) as Record<DraftField, string>),
  text: (platform: string) => `wizard-text-${platform}`,
  option: (platform: string, option: string) => `wizard-option-${platform}-${option}`,
  platform: (platform: string) => `wizard-platform-${platform}`,
  schedule: "wizard-schedule",
};

export interface IssueLocation {
  step: Step;
  /** Element id; left out for the step as a whole. */
  field?: string;
}

const PICTURE_CODES = new Set(["picture_needed", "not_all_pictures"]);
const TIME_FIELDS = new Set(["schedule_time", "zone", "time_choice"]);

/** Return where the person can fix the server's problem. */
export function locateIssue({
  pointer,
  code,
  platform,
}: Pick<ProblemEntry, "pointer" | "code" | "platform">): IssueLocation {
  const { field, name, option } = splitPointer(pointer);
  if (PICTURE_CODES.has(code)) return { step: 3 };
  if (TIME_FIELDS.has(field)) return { step: 4, field: FIELDS.schedule };
  if (!isDraftField(field)) return { step: 3 };
  if (field === "platforms" && code === "empty") return { step: 2, field: FIELDS.platforms };
  if (field === "options" && option !== "") return { step: 2, field: FIELDS.option(name, option) };
  if (DRAFT_FIELDS[field].step === 2) return { step: 2, field: FIELDS.platform(platform ?? name) };
  return { step: 1, field: isByPlatform(field) ? FIELDS.text(name) : FIELDS[field] };
}

function splitPointer(pointer: string) {
  const [, field = "", name = "", option = ""] = pointer
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return { field, name, option };
}

export interface Issue extends IssueLocation {
  /** Errors prevent publishing, warnings do not. */
  severity: "error" | "warning";
  message: string;
  /** The platform that the server named. */
  platform?: string;
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
  const platform = entry.platform ? { platform: entry.platform } : {};
  return { severity, message: entry.detail, ...platform, ...locateIssue(entry) };
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
