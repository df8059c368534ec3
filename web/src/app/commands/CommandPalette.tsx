// The command palette: finds screens, actions and posts by what is typed, by keyboard alone.
import { Modal, VisuallyHidden } from "@mantine/core";
import { Search } from "lucide-react";
import { useId, useState, type KeyboardEvent } from "react";

import type { Command, CommandContext } from "@/app/commands/commands";
import { PaletteList } from "@/app/commands/PaletteList";
import { usePaletteEntries, type PaletteEntry } from "@/app/commands/usePaletteEntries";
import { useMessages } from "@/i18n/useMessages";
import { useFocusReturn } from "@/ui/Dialog";

import styles from "./commands.module.css";

interface Props {
  commands: readonly Command[];
  context: CommandContext;
  close: () => void;
}

const MOVES: Record<string, (index: number, count: number) => number> = {
  ArrowDown: (index, count) => (index + 1) % count,
  ArrowUp: (index, count) => (index - 1 + count) % count,
  PageDown: (_, count) => count - 1,
  PageUp: () => 0,
};

/** An editable combobox with a list that is always open; the focus stays in the field. */
export function CommandPalette({ commands, context, close }: Props) {
  const { t } = useMessages();
  useFocusReturn();
  const [words, setWords] = useState("");
  const { groups, status } = usePaletteEntries(commands, words, context);
  const entries = groups.flatMap((group) => group.entries);
  const [marked, setMarked] = useState<string | null>(null);
  // Found posts come later: what is marked stays so.
  const index = Math.max(
    entries.findIndex(({ id }) => id === marked),
    0,
  );
  const listId = useId();
  const optionId = (id: string) => `${listId}-${id}`;
  const run = (entry: PaletteEntry) => {
    close();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const entry = entries[index];
    if (event.nativeEvent.isComposing || !entry) return;
    const move = MOVES[event.key];
    if (!move && event.key !== "Enter") return;
    event.preventDefault();
    if (!move) {
      run(entry);
      return;
    }
    const next = entries[move(index, entries.length)]?.id ?? null;
    setMarked(next);
    if (next !== null) document.getElementById(optionId(next))?.scrollIntoView({ block: "nearest" });
  };
  const active = entries[index];
  return (
    <Modal.Root opened onClose={close} size="lg" yOffset="10dvh">
      <Modal.Overlay />
      <Modal.Content radius="lg" aria-label={t("app:commands.search")}>
        <Modal.Body p={0}>
          <div className={styles["search"]}>
            <Search size={20} aria-hidden />
            <input
              className={styles["field"]}
              role="combobox"
              aria-expanded
              aria-controls={listId}
              aria-autocomplete="list"
              aria-activedescendant={active && optionId(active.id)}
              aria-label={t("commands:placeholder")}
              placeholder={t("commands:placeholder")}
              autoComplete="off"
              spellCheck={false}
              enterKeyHint="go"
              maxLength={500}
              data-autofocus
              value={words}
              onChange={(event) => {
                setWords(event.currentTarget.value);
                setMarked(null);
              }}
              onKeyDown={onKeyDown}
            />
          </div>
          <PaletteList id={listId} groups={groups} active={active?.id ?? null} optionId={optionId} run={run} />
          <p className={styles["status"]} data-empty={status === null}>
            {status}
          </p>
          <VisuallyHidden role="status">{status ?? t("commands:found", { count: entries.length })}</VisuallyHidden>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
