// The arrow keys move the focus between the cells' links, of which only one is reached with the tab key.
import { useState, type KeyboardEvent } from "react";

const STEPS: Record<string, (columns: number) => number> = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: (columns) => -columns,
  ArrowDown: (columns) => columns,
};

/** `first`: the cell that has the tab stop at first. Cells are numbered by row; those without a link are passed over. */
export function useCellFocus(columns: number, cells: number, first: number) {
  const [focused, setFocused] = useState<number | null>(null);
  const current = focused ?? first;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = STEPS[event.key]?.(columns);
    if (step === undefined) return;
    event.preventDefault();
    const table = event.currentTarget.closest("table");
    for (let cell = Number(event.currentTarget.dataset["cell"]) + step; cell >= 0 && cell < cells; cell += step) {
      const link = table?.querySelector<HTMLElement>(`[data-cell="${cell}"]`);
      if (!link) continue;
      setFocused(cell);
      link.focus();
      return;
    }
  };
  return (cell: number) => ({ "data-cell": cell, tabIndex: cell === current ? 0 : -1, onKeyDown });
}
