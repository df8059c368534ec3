// Dragging an entry to another cell. Nothing is rendered meanwhile: the cell under the pointer is marked in the document.
import { useRef, type DragEvent } from "react";

import type { Entry, Target } from "@/calendar/entries";
import type { CalendarActions, CalendarData } from "@/calendar/types";

const OVER = "data-over";

/**
 * Return the handlers for the element around all cells. A cell is marked with `data-drop`: a date, or a date and an hour
 * as `2026-11-24T10`; the minutes stay.
 */
export function useEntryDrag(data: CalendarData, save: CalendarActions["save"]) {
  const dragged = useRef<Entry | null>(null);
  const over = useRef<Element | null>(null);
  const mark = (cell: Element | null) => {
    if (over.current === cell) return;
    over.current?.removeAttribute(OVER);
    cell?.setAttribute(OVER, "");
    over.current = cell;
  };
  const end = () => {
    mark(null);
    dragged.current = null;
  };
  return {
    onDragStart: (event: DragEvent) => {
      const id = closest(event, "[data-entry]")?.getAttribute("data-entry");
      dragged.current = [...data.entries.values()].flat().find(({ post }) => post.job_id === id) ?? null;
      event.dataTransfer.effectAllowed = "move";
    },
    onDragOver: (event: DragEvent) => {
      if (dragged.current === null) return;
      const cell = closest(event, "[data-drop]");
      // Without it the browser refuses the drop.
      if (cell) event.preventDefault();
      mark(cell);
    },
    onDragEnd: end,
    onDrop: (event: DragEvent) => {
      const entry = dragged.current;
      const place = closest(event, "[data-drop]")?.getAttribute("data-drop");
      end();
      if (!entry || !place) return;
      event.preventDefault();
      const target = targetAt(place, entry);
      const isSame = target.date === entry.date && (target.time ?? entry.time) === entry.time;
      if (!isSame) save(entry, target);
    },
  };
}

function targetAt(place: string, entry: Entry): Target {
  const [date = "", hour] = place.split("T");
  return { date, time: hour === undefined ? null : `${hour}:${entry.time.slice(3)}` };
}

function closest(event: DragEvent, selector: string): Element | null {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}
