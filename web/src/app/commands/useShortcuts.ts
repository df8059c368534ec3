// The key handler: runs the command whose shortcut was pressed.
import { useEffect, useRef } from "react";

import type { Command, CommandContext } from "@/app/commands/commands";
import { isCharacterShortcut, isMacKeyboard, matchKey, nameOfKey, type PendingKeys } from "@/app/commands/shortcuts";

const FIELD = [
  'input:not([type="checkbox"],[type="radio"],[type="button"],[type="submit"],[type="range"],[type="file"])',
  "textarea",
  "select",
  "[contenteditable]:not([contenteditable=false])",
  "[role=textbox]",
  "[role=combobox]",
].join();

/** `takesCharacters`: whether shortcuts of single characters are taken. */
export function useShortcuts(commands: readonly Command[], context: CommandContext, takesCharacters: boolean): void {
  const pending = useRef<PendingKeys | null>(null);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      // Keys with a name type no character; those that are held with another would end a sequence.
      if (event.key.length !== 1) return;
      const name = isForElsewhere(event) ? null : nameOfKey(event, isMacKeyboard());
      const usable = commands
        .flatMap(({ shortcuts = [] }) => shortcuts)
        .filter(usableIn(event.target, takesCharacters));
      const found = name === null ? null : matchKey(usable, pending.current, name, event.timeStamp);
      pending.current = found?.pending ?? null;
      const shortcut = found?.shortcut ?? null;
      if (shortcut === null) return;
      event.preventDefault();
      commands.find(({ shortcuts = [] }) => shortcuts.includes(shortcut))?.run(context);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [commands, context, takesCharacters]);
}

/** Whether the key was used already, repeats, belongs to an input method, or an open dialog has the keyboard. */
function isForElsewhere(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.repeat || event.isComposing) return true;
  return document.querySelector('[aria-modal="true"]') !== null;
}

function usableIn(target: EventTarget | null, takesCharacters: boolean) {
  const isTyping = target instanceof Element && target.closest(FIELD) !== null;
  return (shortcut: readonly string[]) => !isCharacterShortcut(shortcut) || (takesCharacters && !isTyping);
}
