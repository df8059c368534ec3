// The delimiter that spreadsheets of a region expect in CSV. Pure.

/** A semicolon where the comma is the decimal separator, as in Italy and Spain. */
export function csvDelimiter(locale: string): "," | ";" {
  const decimal = new Intl.NumberFormat(locale).formatToParts(0.5).find(({ type }) => type === "decimal")?.value;
  return decimal === "," ? ";" : ",";
}
