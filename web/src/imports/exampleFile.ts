// A file to begin with: the columns in the person's language, and two rows. Pure.
import { wallTimeAt } from "@/i18n/dateTime";
import type { Translate } from "@/i18n/keys";
import { csvDelimiter } from "@/ui/csvDelimiter";

interface Example {
  /** Of platforms. */
  labels: readonly string[];
  zone: string;
  locale: string;
  now: Date;
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** CSV as the spreadsheets of the person's region expect it. */
export function exampleFile({ labels, zone, locale, now }: Example, t: Translate): Blob {
  const { date } = wallTimeAt(new Date(now.getTime() + WEEK_MS), zone);
  const rows = [
    [
      t("imports:example.column.text"),
      t("imports:example.column.platforms"),
      t("imports:example.column.date"),
      t("imports:example.column.time"),
      t("imports:example.column.hashtags"),
      t("imports:example.column.picture"),
    ],
    [t("imports:example.first"), labels.join(", "), date, "10:00", t("imports:example.tags"), ""],
    [t("imports:example.second"), labels[0] ?? "", "", "", "", ""],
  ];
  const delimiter = csvDelimiter(locale);
  const text = rows.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter)).join("\r\n");
  // The byte order mark tells Excel the encoding.
  return new Blob([`\ufeff${text}\r\n`], { type: "text/csv;charset=utf-8" });
}
