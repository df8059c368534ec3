// Links to the settings that have a page of their own.
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";

import { useMay } from "@/api/session";
import type { MessageKey } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";

import styles from "./Settings.module.css";

type SettingsPath =
  "/brand" | "/settings/posting-times" | "/settings/webhooks" | "/settings/members" | "/settings/audit";

/** `forAll`: the page is there for every role. */
const PAGES: readonly { to: SettingsPath; label: MessageKey; hint: MessageKey; forAll?: boolean }[] = [
  { to: "/settings/members", label: "settings:pages.members", hint: "settings:pages.membersHint", forAll: true },
  { to: "/brand", label: "settings:pages.brand", hint: "settings:pages.brandHint" },
  { to: "/settings/posting-times", label: "settings:pages.times", hint: "settings:pages.timesHint" },
  { to: "/settings/webhooks", label: "settings:pages.webhooks", hint: "settings:pages.webhooksHint" },
  { to: "/settings/audit", label: "settings:pages.audit", hint: "settings:pages.auditHint" },
];

export function SettingsLinks() {
  const { t } = useMessages();
  const mayManage = useMay("manage");
  return (
    <nav aria-label={t("settings:pages.label")}>
      <ul className={styles["pages"]}>
        {PAGES.filter(({ forAll }) => mayManage || forAll).map(({ to, label, hint }) => (
          <li key={to}>
            <Link to={to} className={styles["page"]}>
              <span>
                <strong>{t(label)}</strong>
                <small>{t(hint)}</small>
              </span>
              <ChevronRight size={18} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
