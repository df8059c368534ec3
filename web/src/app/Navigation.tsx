// The ways to the pages: a rail on the left, on phones a bar at the bottom.
import { Link } from "@tanstack/react-router";
import { House, Plug, Settings, StickyNote, type LucideIcon } from "lucide-react";

import type { Key } from "@/i18n/keys";
import { useWords } from "@/i18n/useWords";

import styles from "./Navigation.module.css";

const PAGES: readonly { to: "/" | "/posts" | "/accounts" | "/settings"; words: Key; Icon: LucideIcon }[] = [
  { to: "/", words: "app:nav.home", Icon: House },
  { to: "/posts", words: "app:nav.posts", Icon: StickyNote },
  { to: "/accounts", words: "app:nav.accounts", Icon: Plug },
  { to: "/settings", words: "app:nav.settings", Icon: Settings },
];

export function Navigation() {
  const { t } = useWords();
  return (
    <nav className={styles["rail"]} aria-label={t("app:nav.label")}>
      <ul className={styles["list"]}>
        {PAGES.map(({ to, words, Icon }) => (
          <li key={to}>
            <Link to={to} className={styles["link"]} activeOptions={{ exact: to === "/", includeSearch: false }}>
              <Icon size={20} aria-hidden />
              <span>{t(words)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
