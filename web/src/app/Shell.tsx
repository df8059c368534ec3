// The layout around every page: top bar, navigation, banners, and the time zone.
import { Outlet, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

import { useSession } from "@/api/session";
import { Navigation } from "@/app/Navigation";
import { SandboxBanner } from "@/app/SandboxBanner";
import { TopBar } from "@/app/TopBar";
import { ZoneNote } from "@/app/ZoneNote";
import { ZoneOffer } from "@/app/ZoneOffer";
import { useMessages } from "@/i18n/useMessages";

import styles from "./Shell.module.css";

const MAIN = "main";

export function Shell() {
  const { t } = useMessages();
  const session = useSession();
  useFocusOnNavigation();
  return (
    <div className={styles["frame"]}>
      <a className={styles["skip"]} href={`#${MAIN}`}>
        {t("app:skip")}
      </a>
      <TopBar session={session} />
      <Navigation />
      <div className={styles["body"]}>
        {session.sandbox && <SandboxBanner viewerUrl={session.sandbox.viewer_url} />}
        <ZoneOffer key={session.workspace.id} workspace={session.workspace} />
        <main id={MAIN} tabIndex={-1} className={styles["main"]}>
          <Outlet />
        </main>
        <ZoneNote />
      </div>
    </div>
  );
}

/** Move the focus to the heading after navigation, as after a page load. */
function useFocusOnNavigation(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
        if (!fromLocation || !pathChanged) return;
        // The focused element is still there: the same page under another address.
        if (document.activeElement?.closest(`#${MAIN}`)) return;
        (document.querySelector<HTMLElement>(`#${MAIN} h1`) ?? document.getElementById(MAIN))?.focus();
      }),
    [router],
  );
}
