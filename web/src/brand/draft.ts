// The brand kit as it is edited. Pure.
import type { Brand, BrandFields } from "@/api/brand";
import { mergeTags } from "@/ui/text/hashtags";

/** The colours of the form when the brand has none yet. */
const FIRST_COLORS: readonly [string, string] = ["#0b3f9e", "#ffcb5c"];

export interface BrandDraft {
  name: string;
  /** The id of a library picture. */
  logo: string | null;
  /** Whether cards have the brand's colours instead of the style's. */
  hasColors: boolean;
  colors: readonly [string, string];
  fonts: string | null;
  handle: string;
  tone: string;
  /** As typed, with or without `#`. */
  hashtags: string;
  cta: string;
}

export function draftOf({ name, logo, colors, fonts, handle, tone, hashtags, cta }: Brand): BrandDraft {
  const [main = FIRST_COLORS[0], accent = FIRST_COLORS[1]] = colors ?? [];
  const typed = hashtags.map((tag) => `#${tag}`).join(" ");
  return { name, logo, hasColors: colors !== null, colors: [main, accent], fonts, handle, tone, hashtags: typed, cta };
}

export function fieldsOf({ hasColors, colors, ...draft }: BrandDraft): BrandFields {
  const { name, logo, fonts, handle, tone, hashtags, cta } = draft;
  return {
    name: name.trim(),
    logo,
    colors: hasColors ? [...colors] : null,
    fonts,
    handle: handle.trim(),
    tone: tone.trim(),
    hashtags: [...mergeTags([], hashtags)],
    cta: cta.trim(),
  };
}

/** Return the fields that a preview draws: an incomplete colour leaves the colours out. */
export function drawableFields(draft: BrandDraft): BrandFields {
  const fields = { ...fieldsOf(draft), hashtags: [], cta: "" };
  return draft.colors.every(isColor) ? fields : { ...fields, colors: null };
}

export function isChanged(draft: BrandDraft, saved: Brand): boolean {
  return JSON.stringify(fieldsOf(draft)) !== JSON.stringify(fieldsOf(draftOf(saved)));
}

export function isColor(text: string): boolean {
  return /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(text);
}

/** Return a colour as #rrggbb, which is all that the browser's colour field takes; black for an incomplete one. */
export function toSixDigits(color: string): string {
  if (!isColor(color)) return "#000000";
  const digits = color.slice(1).toLowerCase();
  return `#${digits.length === 6 ? digits : digits.replace(/./g, "$&$&")}`;
}
