// The time zone of all times on the page, with a link to change it.
import { Link } from "@tanstack/react-router";

import { offsetAt } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";

import styles from "./Shell.module.css";

export function ZoneNote() {
  const { t } = useMessages();
  const { zone } = useDateTime();
  return (
    <footer className={styles["zone"]}>
      {t("app:zone.note", { zone, offset: offsetAt(new Date(), zone) })}{" "}
      <Link to="/settings">{t("app:zone.change")}</Link>
    </footer>
  );
}
