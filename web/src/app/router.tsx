// The routes. Each page is loaded when it is first opened.
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type ErrorComponentProps,
  type RouterHistory,
} from "@tanstack/react-router";

import { sessionQuery } from "@/api/session";
import { ErrorPage } from "@/app/ErrorPage";
import { Shell } from "@/app/Shell";
import { parseCalendarSearch } from "@/calendar/search";
import { parseLibrarySearch } from "@/media/search";
import { isLocalPath } from "@/sign-in/link";
import { Loading } from "@/ui/Loading";
import { NotFoundPage } from "@/ui/NotFoundPage";
import { parsePostListSearch } from "@/ui/post/views";
import { isStep, type Step } from "@/wizard/steps";
import { isWallTime } from "@/wizard/wallTime";

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  notFoundComponent: () => (
    <main>
      <NotFoundPage />
    </main>
  ),
  errorComponent: StandaloneErrorPage,
});

/** For errors outside the shell, which has a `main` element of its own. */
function StandaloneErrorPage(props: ErrorComponentProps) {
  return (
    <main>
      <ErrorPage {...props} />
    </main>
  );
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  /** `next`: where to go after signing in, a path of the studio. */
  validateSearch: parseNext,
  component: lazyRouteComponent(() => import("@/sign-in/SignInPage"), "SignInPage"),
});

function parseNext(search: Record<string, unknown>): { next?: string } {
  return isLocalPath(search["next"]) ? { next: search["next"] } : {};
}

/** The parent of all pages behind the sign-in, inside the shell. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    if ((await context.client.query({ ...sessionQuery, staleTime: "static" })) !== null) return;
    throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { next: location.href } });
  },
  component: Shell,
  errorComponent: StandaloneErrorPage,
});

const inShell = { getParentRoute: () => signedIn } as const;

const home = createRoute({
  ...inShell,
  path: "/",
  component: lazyRouteComponent(() => import("@/home/HomePage"), "HomePage"),
});
const calendar = createRoute({
  ...inShell,
  path: "/calendar",
  validateSearch: parseCalendarSearch,
  component: lazyRouteComponent(() => import("@/calendar/CalendarPage"), "CalendarPage"),
});
const posts = createRoute({
  ...inShell,
  path: "/posts",
  validateSearch: parsePostListSearch,
  component: lazyRouteComponent(() => import("@/posts/PostsPage"), "PostsPage"),
});
/** One page at two addresses: it must not be remounted when a new post gets its own address. */
const wizard = createRoute({
  ...inShell,
  id: "wizard",
  /** `step`: 1 to 4, default 1. `at`: when a new post is to be published. */
  validateSearch: (search): { step?: Step; at?: string } => ({
    ...(isStep(search["step"]) ? { step: search["step"] } : {}),
    ...(isWallTime(search["at"]) ? { at: search["at"] } : {}),
  }),
  component: lazyRouteComponent(() => import("@/wizard/CreateSocialPostWizard"), "CreateSocialPostWizard"),
});
const newPost = createRoute({ getParentRoute: () => wizard, path: "/posts/new" });
const editPost = createRoute({ getParentRoute: () => wizard, path: "/posts/$id/edit" });
const post = createRoute({
  ...inShell,
  path: "/posts/$id",
  component: lazyRouteComponent(() => import("@/posts/PostPage"), "PostPage"),
});
/** Not "/media", where the server has the pictures themselves. */
const media = createRoute({
  ...inShell,
  path: "/library",
  validateSearch: parseLibrarySearch,
  component: lazyRouteComponent(() => import("@/media/MediaPage"), "MediaPage"),
});
const brand = createRoute({
  ...inShell,
  path: "/brand",
  component: lazyRouteComponent(() => import("@/brand/BrandPage"), "BrandPage"),
});
const accounts = createRoute({
  ...inShell,
  path: "/accounts",
  /** `next`: where to return once an account is connected. */
  validateSearch: parseNext,
  component: lazyRouteComponent(() => import("@/accounts/AccountsPage"), "AccountsPage"),
});
const connection = createRoute({
  ...inShell,
  path: "/accounts/connect/$id",
  component: lazyRouteComponent(() => import("@/accounts/ConnectionPage"), "ConnectionPage"),
});
const settings = createRoute({
  ...inShell,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/settings/SettingsPage"), "SettingsPage"),
});

const postingTimes = createRoute({
  ...inShell,
  path: "/settings/posting-times",
  component: lazyRouteComponent(() => import("@/settings/PostingTimesPage"), "PostingTimesPage"),
});
const webhooks = createRoute({
  ...inShell,
  path: "/settings/webhooks",
  component: lazyRouteComponent(() => import("@/settings/WebhooksPage"), "WebhooksPage"),
});
const audit = createRoute({
  ...inShell,
  path: "/settings/audit",
  component: lazyRouteComponent(() => import("@/settings/AuditPage"), "AuditPage"),
});

const tree = root.addChildren([
  signIn,
  signedIn.addChildren([
    home,
    calendar,
    posts,
    wizard.addChildren([newPost, editPost]),
    post,
    media,
    brand,
    accounts,
    connection,
    settings,
    postingTimes,
    webhooks,
    audit,
  ]),
]);

/** `history`: default the browser's. */
export function makeRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    context: { client },
    ...(history ? { history } : {}),
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultPendingComponent: Loading,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
  });
}

export type AppRouter = ReturnType<typeof makeRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }
}
