// Where a click on a push notification leads (public/push-worker.js): its page, in its workspace.
import { createRoute, redirect } from "@tanstack/react-router";

import { moveSession } from "@/api/session";
import { signedIn } from "@/app/rootRoutes";
import { isLocalPath } from "@/sign-in/link";

/** `workspace`: an id; `to`: a path of the studio. */
function parseTarget(search: Record<string, unknown>): { workspace: string; to: string } {
  const { workspace, to } = search;
  return { workspace: typeof workspace === "string" ? workspace : "", to: isLocalPath(to) ? to : "/" };
}

export const openNotification = createRoute({
  getParentRoute: () => signedIn,
  path: "/open",
  validateSearch: parseTarget,
  beforeLoad: async ({ search, cause, context }) => {
    if (cause === "preload") return;
    await moveSession(context.client, search.workspace);
    throw redirect({ href: search.to, replace: true });
  },
});
