// What stands around every page: the ways to the others, the workspace, the person's menu, and where posts really go.
import { Outlet, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

import { useSession } from "@/api/session";
import { Navigation } from "@/app/Navigation";
import { SandboxBanner } from "@/app/SandboxBanner";
import { TopBar } from "@/app/TopBar";
import { useWords } from "@/i18n/useWords";

import styles from "./Shell.module.css";

const MAIN = "main";

export function Shell() {
  const { t } = useWords();
  const session = useSession();
  useFocusOnArrival();
  return (
    <div className={styles["frame"]}>
      <a className={styles["skip"]} href={`#${MAIN}`}>
        {t("app:skip")}
      </a>
      <TopBar session={session} />
      <Navigation />
      <div className={styles["body"]}>
        {session.sandbox && <SandboxBanner viewerUrl={session.sandbox.viewer_url} />}
        <main id={MAIN} tabIndex={-1} className={styles["main"]}>
          <Outlet />
        </main>
      </div>
    </div>
  );
}

/** After a change of page, keyboards and screen readers go on at its heading, as after a page load. */
function useFocusOnArrival(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
        if (!fromLocation || !pathChanged) return;
        // What has the focus outlived the change: it is the same page under another address.
        if (document.activeElement?.closest(`#${MAIN}`)) return;
        (document.querySelector<HTMLElement>(`#${MAIN} h1`) ?? document.getElementById(MAIN))?.focus();
      }),
    [router],
  );
}
