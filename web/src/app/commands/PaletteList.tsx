// The options of the command palette, by group.
import { Keys } from "@/app/commands/Keys";
import type { PaletteEntry, PaletteGroup } from "@/app/commands/usePaletteEntries";
import { useMessages } from "@/i18n/useMessages";

import styles from "./commands.module.css";

interface Props {
  id: string;
  groups: readonly PaletteGroup[];
  /** The id of the marked entry. */
  active: string | null;
  optionId: (id: string) => string;
  run: (entry: PaletteEntry) => void;
}

export function PaletteList({ id, groups, active, optionId, run }: Props) {
  const { t } = useMessages();
  return (
    <div id={id} role="listbox" aria-label={t("commands:results")} className={styles["list"]}>
      {groups.map(({ name, entries }) => (
        <div key={name} role="group" aria-labelledby={`${id}-${name}`}>
          <div id={`${id}-${name}`} className={styles["group"]}>
            {t(`commands:group.${name}`)}
          </div>
          {entries.map((entry) => (
            // The keyboard uses the combobox, which keeps the focus.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- an option of the combobox
            <div
              key={entry.id}
              id={optionId(entry.id)}
              role="option"
              tabIndex={-1}
              aria-selected={entry.id === active}
              className={styles["option"]}
              // Else the field would lose the focus before the click.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => run(entry)}
            >
              <span className={styles["label"]}>{entry.label}</span>
              {entry.note !== undefined && <span className={styles["note"]}>{entry.note}</span>}
              {entry.shortcut && <Keys shortcut={entry.shortcut} />}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
