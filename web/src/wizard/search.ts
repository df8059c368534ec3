// The wizard's address: its step and the time of a new post. Pure.
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
}

/** Parse an address's search parameters; leave out what is invalid. */
export function parseWizardSearch(search: Record<string, unknown>): WizardSearch {
  return {
    ...(isStep(search["step"]) ? { step: search["step"] } : {}),
    ...(isWallTime(search["at"]) ? { at: search["at"] } : {}),
  };
}
