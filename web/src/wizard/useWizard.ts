// What every part of the wizard sees of the whole.
import { createContext, useContext } from "react";

import type { Account } from "@/api/accounts";
import type { Platform } from "@/api/platforms";
import type { Post } from "@/api/posts";
import type { Happening, WizardState } from "@/wizard/state";
import type { Remark, Step } from "@/wizard/steps";

export interface Wizard {
  state: WizardState;
  dispatch: (what: Happening) => void;
  /** All that is written is saved now, and the post exists; whether that worked. */
  flush: () => Promise<boolean>;
  /** As the server last told of it; null while there is none. */
  post: Post | null;
  platforms: readonly Platform[];
  /** Those that the post goes to, in the order in which they are shown. */
  chosen: readonly Platform[];
  accounts: readonly Account[];
  remarks: readonly Remark[];
  step: Step;
  go: (step: Step) => void;
}

export const WizardContext = createContext<Wizard | null>(null);

export function useWizard(): Wizard {
  const wizard = useContext(WizardContext);
  if (!wizard) throw new Error("useWizard outside of the wizard");
  return wizard;
}

/** The account that a platform's post goes to, where one is certain: the chosen one, the only one, or the default. */
export function accountFor(
  platform: Platform,
  accounts: readonly Account[],
  chosen: string | undefined,
): Account | null {
  const fitting = accountsFor(platform, accounts);
  const only = fitting.length === 1 ? fitting[0] : undefined;
  return fitting.find(({ id }) => id === chosen) ?? only ?? fitting.find((account) => account.default) ?? null;
}

export function accountsFor(platform: Platform, accounts: readonly Account[]): Account[] {
  return accounts.filter(({ platforms }) => platforms.includes(platform.name));
}
