// Time zones to choose from; the server has the last word.

/** The likely ones first, then all that this browser knows. */
export function zones(...likely: string[]): string[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [...new Set([...likely, own, ...Intl.supportedValuesOf("timeZone")])];
}
