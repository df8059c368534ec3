// Shortcuts: which keys were pressed, and which shortcut they complete. Pure.

/** Keys pressed one after the other; `mod+k` is held: Command on a Mac, else Control. */
export type Shortcut = readonly string[];

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  /** Milliseconds, from any start. */
  timeStamp: number;
}

/** The keys of an unfinished sequence, and when the last of them was pressed. */
export interface PendingKeys {
  keys: Shortcut;
  at: number;
}

const SEQUENCE_MS = 1_500;

/** Return whether a shortcut types a character: those are ignored in fields and can be switched off (WCAG 2.1.4). */
export function isCharacterShortcut(shortcut: Shortcut): boolean {
  return !shortcut.some((key) => key.startsWith("mod+"));
}

/** Return a key press as shortcuts write it; null for what no shortcut uses. */
export function nameOfKey({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyPress, isMac: boolean): string | null {
  const name = key.toLowerCase();
  const isModHeld = isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  if (isModHeld && !altKey && !shiftKey) return `mod+${name}`;
  // Shift is needed to type "?" and, on many keyboards, "/".
  if (ctrlKey || metaKey || altKey || (shiftKey && /^\p{L}$/u.test(key))) return null;
  return name;
}

/** Return the shortcut that `name` completes, if any, and the sequence that is begun. */
export function matchKey(
  shortcuts: readonly Shortcut[],
  pending: PendingKeys | null,
  name: string,
  at: number,
): { shortcut: Shortcut | null; pending: PendingKeys | null } {
  // A key that continues no sequence ends it: after "g" it must not run a command of its own.
  const keys = pending && at - pending.at <= SEQUENCE_MS ? [...pending.keys, name] : [name];
  const begun = shortcuts.filter((shortcut) => startsWith(shortcut, keys));
  const shortcut = begun.find(({ length }) => length === keys.length) ?? null;
  return { shortcut, pending: shortcut === null && begun.length > 0 ? { keys, at } : null };
}

function startsWith(shortcut: Shortcut, keys: Shortcut): boolean {
  return keys.every((key, index) => shortcut[index] === key);
}

/** Return the keys as they are printed on the keyboard, e.g. `["Ctrl", "K"]` or `["G", "C"]`. */
export function keyLabels(shortcut: Shortcut, isMac: boolean): string[] {
  return shortcut.flatMap((key) =>
    key.startsWith("mod+") ? [isMac ? "⌘" : "Ctrl", key.slice(4).toUpperCase()] : [key.toUpperCase()],
  );
}

export function isMacKeyboard(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
