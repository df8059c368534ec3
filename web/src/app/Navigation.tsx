// Links to the main pages: a rail on the left, on phones a bar at the bottom.
import { Link } from "@tanstack/react-router";
import { CalendarDays, House, Images, Plug, Settings, StickyNote, type LucideIcon } from "lucide-react";

import type { MessageKey } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";

import styles from "./Navigation.module.css";

const PAGES: readonly {
  to: "/" | "/calendar" | "/posts" | "/library" | "/accounts" | "/settings";
  label: MessageKey;
  Icon: LucideIcon;
}[] = [
  { to: "/", label: "app:nav.home", Icon: House },
  { to: "/calendar", label: "app:nav.calendar", Icon: CalendarDays },
  { to: "/posts", label: "app:nav.posts", Icon: StickyNote },
  { to: "/library", label: "app:nav.media", Icon: Images },
  { to: "/accounts", label: "app:nav.accounts", Icon: Plug },
  { to: "/settings", label: "app:nav.settings", Icon: Settings },
];

export function Navigation() {
  const { t } = useMessages();
  return (
    <nav className={styles["rail"]} aria-label={t("app:nav.label")}>
      <ul className={styles["list"]}>
        {PAGES.map(({ to, label, Icon }) => (
          <li key={to}>
            <Link to={to} className={styles["link"]} activeOptions={{ exact: to === "/", includeSearch: false }}>
              <Icon size={20} aria-hidden />
              <span>{t(label)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
