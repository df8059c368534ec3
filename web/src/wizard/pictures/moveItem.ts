// Moving an item of a list. Pure.

/** Return a copy with the item at `from` moved to `to`; unchanged when either index is outside. */
export function moveItem<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = [...list];
  if (from < 0 || to < 0 || from >= list.length || to >= list.length) return rest;
  rest.splice(to, 0, ...rest.splice(from, 1));
  return rest;
}
