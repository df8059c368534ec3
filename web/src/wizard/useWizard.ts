// The wizard's context.
import { createContext, useContext } from "react";

import type { Account } from "@/api/accounts";
import type { Platform } from "@/api/platforms";
import type { Post } from "@/api/posts";
import type { Action, WizardState } from "@/wizard/state";
import type { Step } from "@/wizard/search";
import type { Issue } from "@/wizard/steps";

export interface Wizard {
  state: WizardState;
  dispatch: (action: Action) => void;
  /** Save now, creating the post if needed; returns whether everything is saved. */
  flush: () => Promise<boolean>;
  /** The post as the server last returned it; null before it exists. */
  post: Post | null;
  platforms: readonly Platform[];
  /** The post's platforms, in display order, with the rules that hold for its accounts. */
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

/** Return the accounts for a platform: the chosen ones, else the only one or the default; none where it is open. */
export function resolveAccounts(
  platform: Platform,
  accounts: readonly Account[],
  chosen: readonly string[] = [],
): Account[] {
  const matching = matchingAccounts(platform, accounts);
  const found = matching.filter(({ id }) => chosen.includes(id));
  if (found.length > 0 || matching.length === 1) return found.length > 0 ? found : matching;
  return matching.filter((account) => account.default).slice(0, 1);
}

export function matchingAccounts(platform: Platform, accounts: readonly Account[]): Account[] {
  return accounts.filter(({ platforms }) => platforms.includes(platform.name));
}
