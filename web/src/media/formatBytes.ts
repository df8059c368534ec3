// The size of a file as text. Pure.

/** Format a size in the unit that people read: `340 kB`, `1.2 MB`. */
export function formatBytes(bytes: number, locale: string): string {
  const [unit, value] =
    bytes < 1_000 ? ["byte", bytes] : bytes < 1_000_000 ? ["kilobyte", bytes / 1_000] : ["megabyte", bytes / 1_000_000];
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
