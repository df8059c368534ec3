// The wizard's context.
import { createContext, useContext } from "react";

import type { Account } from "@/api/accounts";
import type { Platform } from "@/api/platforms";
import type { Post } from "@/api/posts";
import type { Action, WizardState } from "@/wizard/state";
import type { Issue, Step } from "@/wizard/steps";

export interface Wizard {
  state: WizardState;
  dispatch: (action: Action) => void;
  /** Save now, creating the post if needed; returns whether everything is saved. */
  flush: () => Promise<boolean>;
  /** The post as the server last returned it; null before it exists. */
  post: Post | null;
  platforms: readonly Platform[];
  /** The post's platforms, in display order. */
  chosen: readonly Platform[];
  accounts: readonly Account[];
  issues: readonly Issue[];
  step: Step;
  goToStep: (step: Step) => void;
}

export const WizardContext = createContext<Wizard | null>(null);

export function useWizard(): Wizard {
  const wizard = useContext(WizardContext);
  if (!wizard) throw new Error("useWizard outside of the wizard");
  return wizard;
}

/** Return the account for a platform: the chosen one, the only one or the default; null where it is open. */
export function resolveAccount(
  platform: Platform,
  accounts: readonly Account[],
  chosen: string | undefined,
): Account | null {
  const matching = matchingAccounts(platform, accounts);
  const only = matching.length === 1 ? matching[0] : undefined;
  return matching.find(({ id }) => id === chosen) ?? only ?? matching.find((account) => account.default) ?? null;
}

export function matchingAccounts(platform: Platform, accounts: readonly Account[]): Account[] {
  return accounts.filter(({ platforms }) => platforms.includes(platform.name));
}
