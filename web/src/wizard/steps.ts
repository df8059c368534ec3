// The four steps, and which of them mends what. Pure.
import type { Platform } from "@/api/platforms";
import type { ProblemEntry } from "@/api/problem";
import { isHashtag } from "@/ui/text/entities";
import { badAddresses } from "@/wizard/addresses";
import type { Draft } from "@/wizard/draft";

export const STEPS = [1, 2, 3, 4] as const;
export type Step = (typeof STEPS)[number];
export const STEP_NAMES = { 1: "content", 2: "platforms", 3: "pictures", 4: "publish" } as const;

export function isStep(value: unknown): value is Step {
  return STEPS.some((step) => step === value);
}

/** The ids of the fields that something can be wrong with. */
export const FIELDS = {
  content: "wizard-content",
  cta: "wizard-cta",
  hashtags: "wizard-hashtags",
  text: (platform: string) => `wizard-text-${platform}`,
  platforms: "wizard-platforms",
  platform: (platform: string) => `wizard-platform-${platform}`,
  when: "wizard-when",
};

export interface Place {
  step: Step;
  /** None where the step as a whole is meant. */
  field?: string;
}

const PICTURES = new Set(["picture_needed", "not_all_pictures"]);

/** Where what a JSON pointer of the server is about can be mended. */
export function placeOf({ pointer, code, platform }: Pick<ProblemEntry, "pointer" | "code" | "platform">): Place {
  const [, field = "", name = ""] = pointer.split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const card: Place = { step: 2, field: FIELDS.platform(platform ?? name) };
  const when: Place = { step: 4, field: FIELDS.when };
  const places: Record<string, Place> = {
    content: { step: 1, field: FIELDS.content },
    cta: { step: 1, field: FIELDS.cta },
    hashtags: { step: 1, field: FIELDS.hashtags },
    texts: { step: 1, field: FIELDS.text(name) },
    platforms: code === "empty" ? { step: 2, field: FIELDS.platforms } : card,
    accounts: card,
    shapes: card,
    schedule_time: when,
    zone: when,
    time_choice: when,
  };
  return PICTURES.has(code) ? { step: 3 } : (places[field] ?? { step: 3 });
}

export interface Remark extends Place {
  /** Errors forbid to publish; warnings inform. */
  kind: "error" | "warning";
  says: string;
  /** Said by the browser alone. */
  isOwn?: boolean;
}

export interface OwnWords {
  badAddress: (address: string) => string;
  badTag: (tag: string) => string;
  noLinks: (labels: string) => string;
  pictureFailed: (label: string) => string;
}

export function remarkOf(kind: Remark["kind"], entry: ProblemEntry): Remark {
  return { kind, says: entry.detail, ...placeOf(entry) };
}

/** What the browser can tell before the server has: rules on addresses and tags, and links that will not be links. */
export function ownRemarks(draft: Draft, chosen: readonly Platform[], words: OwnWords, hasLinks: boolean): Remark[] {
  const cta = { step: 1, field: FIELDS.cta } as const;
  const hashtags = { step: 1, field: FIELDS.hashtags } as const;
  const dead = chosen.filter((platform) => platform.shows_text && !platform.links_clickable);
  return [
    ...badAddresses(draft.cta).map((address): Remark => ({
      kind: "error",
      says: words.badAddress(address),
      isOwn: true,
      ...cta,
    })),
    ...draft.hashtags
      .filter((tag) => !isHashtag(tag))
      .map((tag): Remark => ({ kind: "error", says: words.badTag(tag), isOwn: true, ...hashtags })),
    ...(hasLinks && dead.length > 0
      ? [{ kind: "warning", says: words.noLinks(dead.map(({ label }) => label).join(", ")), ...cta } satisfies Remark]
      : []),
  ];
}

export function countOf(remarks: readonly Remark[], step: Step, kind: Remark["kind"]): number {
  return remarks.filter((remark) => remark.step === step && remark.kind === kind).length;
}
