// The layout around every page: top bar, navigation, banners, and the time zone.
import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useMatches, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

import { sessionQuery, type Permission } from "@/api/session";
import { CommandLayer } from "@/app/commands/CommandLayer";
import { Navigation } from "@/app/Navigation";
import { SandboxBanner } from "@/app/SandboxBanner";
import { TopBar } from "@/app/TopBar";
import { ZoneNote } from "@/app/ZoneNote";
import { ZoneOffer } from "@/app/ZoneOffer";
import { useMessages } from "@/i18n/useMessages";
import { RoleNotice } from "@/ui/Allowed";

import styles from "./Shell.module.css";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** The permission without which the page says so instead of opening. */
    needs?: Permission;
  }
}

const MAIN = "main";

export function Shell() {
  const { t } = useMessages();
  const { data: session } = useSuspenseQuery(sessionQuery);
  useFocusOnNavigation();
  // The session has just ended, and the router is about to show the sign-in.
  if (session === null) return null;
  return (
    <CommandLayer session={session}>
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
            <AllowedOutlet permissions={session.permissions} />
          </main>
          <ZoneNote />
        </div>
      </div>
    </CommandLayer>
  );
}

/** The page, or why the person's role does not open it. */
function AllowedOutlet({ permissions }: { permissions: readonly Permission[] }) {
  const needs = useMatches({ select: (matches) => matches.flatMap(({ staticData }) => staticData.needs ?? []) });
  return needs.every((permission) => permissions.includes(permission)) ? <Outlet /> : <RoleNotice />;
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
