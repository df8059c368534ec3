// Whether shortcuts of single characters are on: remembered in this browser, for each person.
import { useCallback, useSyncExternalStore } from "react";

const PREFIX = "araldo.shortcuts.";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  globalThis.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    globalThis.removeEventListener("storage", listener);
  };
}

/** Return whether they are on, and a function to change it. On until switched off. */
export function useCharacterShortcuts(userId: string): [boolean, (isOn: boolean) => void] {
  const isOn = useSyncExternalStore(subscribe, () => localStorage.getItem(PREFIX + userId) !== "off");
  const change = useCallback(
    (next: boolean) => {
      if (next) localStorage.removeItem(PREFIX + userId);
      else localStorage.setItem(PREFIX + userId, "off");
      for (const listener of listeners) listener();
    },
    [userId],
  );
  return [isOn, change];
}
