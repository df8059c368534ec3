// A list in another order. Pure.

/** `list` with what stood at `from` at `to`; as it is when either is outside. */
export function reordered<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = [...list];
  if (from < 0 || to < 0 || from >= list.length || to >= list.length) return rest;
  rest.splice(to, 0, ...rest.splice(from, 1));
  return rest;
}
