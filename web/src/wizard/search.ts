// The wizard's address: its step, and the time and text of a new post. Pure.
import { isWallTime } from "@/wizard/wallTime";

export const STEPS = [1, 2, 3, 4] as const;
export type Step = (typeof STEPS)[number];
export const STEP_NAMES = { 1: "content", 2: "platforms", 3: "pictures", 4: "publish" } as const;

export function isStep(value: unknown): value is Step {
  return STEPS.some((step) => step === value);
}

export interface WizardSearch {
  /** 1 without it. */
  step?: Step;
  /** When a new post is to be published, as `2026-11-24T10:00`. */
  at?: string;
  /** The text of a new post, shared by another app. */
  text?: string;
}

// Longer than any platform takes.
const TEXT_MAX = 100_000;

/** Parse an address's search parameters; leave out what is invalid. */
export function parseWizardSearch(search: Record<string, unknown>): WizardSearch {
  return {
    ...(isStep(search["step"]) ? { step: search["step"] } : {}),
    ...(isWallTime(search["at"]) ? { at: search["at"] } : {}),
    ...optionalText(search["text"]),
  };
}

/** Join what another app shares: a title, a text and a link, each once. Anybody may have written it. */
export function parseSharedText(search: Record<string, unknown>): { text?: string } {
  const parts: string[] = [];
  for (const name of ["title", "text", "url"]) {
    const { text } = optionalText(search[name]);
    // Many apps put the title and the link into the text as well.
    if (text !== undefined && !parts.some((part) => part.includes(text))) parts.push(text);
  }
  const [title, ...others] = parts;
  if (title !== undefined && others[0]?.startsWith(title)) parts.shift();
  return optionalText(parts.join("\n\n"));
}

function optionalText(value: unknown): { text?: string } {
  if (value === null || value === undefined) return {};
  // The router parses digits and other JSON.
  const written = typeof value === "string" ? value : JSON.stringify(value);
  const text = written
    .replace(/\r\n?/g, "\n")
    // An editor has no control characters but line breaks and tabs.
    .replace(/\p{Cc}/gu, (character) => (character === "\n" || character === "\t" ? character : ""))
    .trim();
  return text === "" ? {} : { text: text.slice(0, TEXT_MAX).replace(/[\ud800-\udbff]$/, "") };
}
