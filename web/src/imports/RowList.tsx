// The rows of the file with what becomes of each: a table, on phones cards.
import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";

import { useMessages } from "@/i18n/useMessages";
import type { ImportedRow } from "@/imports/calls";
import { RowOutcome, RowPlatforms, RowTitle, RowWhen } from "@/imports/RowParts";

import styles from "./Import.module.css";

const PHONE = "(max-width: 48em)";
const STEP = 100;

export function RowList({ rows }: { rows: readonly ImportedRow[] }) {
  const { t } = useMessages();
  const [limit, setLimit] = useState(STEP);
  const isPhone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  const shown = rows.slice(0, limit);
  return (
    <>
      {isPhone ? <RowCards rows={shown} /> : <RowTable rows={shown} />}
      {rows.length > limit && (
        <Button variant="default" mih="2.75rem" onClick={() => setLimit(limit + STEP)}>
          {t("imports:rows.showMore", { count: Math.min(STEP, rows.length - limit) })}
        </Button>
      )}
    </>
  );
}

function RowTable({ rows }: { rows: readonly ImportedRow[] }) {
  const { t } = useMessages();
  return (
    <table className={styles["table"]} aria-label={t("imports:rows.title")}>
      <thead>
        <tr>
          <th scope="col">{t("imports:column.row")}</th>
          <th scope="col">{t("imports:column.post")}</th>
          <th scope="col">{t("imports:column.when")}</th>
          <th scope="col">{t("imports:column.outcome")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.row}>
            <th scope="row">{row.row}</th>
            <td>
              <RowTitle row={row} />
              <RowPlatforms row={row} />
            </td>
            <td>
              <RowWhen row={row} />
            </td>
            <td>
              <RowOutcome row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RowCards({ rows }: { rows: readonly ImportedRow[] }) {
  const { t } = useMessages();
  return (
    <ul className={styles["cards"]} aria-label={t("imports:rows.title")}>
      {rows.map((row) => (
        <li key={row.row} className={styles["card"]}>
          <span className={styles["number"]}>{t("imports:rows.number", { row: row.row })}</span>
          <RowTitle row={row} />
          <RowPlatforms row={row} />
          <RowWhen row={row} />
          <RowOutcome row={row} />
        </li>
      ))}
    </ul>
  );
}
