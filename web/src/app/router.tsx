// The routes. Each page is loaded when it is first opened, with the messages that it uses.
import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, lazyRouteComponent, redirect, type RouterHistory } from "@tanstack/react-router";

import { ErrorPage } from "@/app/ErrorPage";
import { openNotification } from "@/app/openNotification";
import { root, signedIn } from "@/app/rootRoutes";
import { parseCalendarSearch } from "@/calendar/search";
import { withMessages } from "@/i18n/language";
import { parseLibrarySearch } from "@/media/search";
import { parseNext } from "@/sign-in/link";
import { Loading } from "@/ui/Loading";
import { NotFoundPage } from "@/ui/NotFoundPage";
import { parsePostListSearch } from "@/ui/post/views";
import { startNewDraft } from "@/wizard/newDraft";
import { parseSharedText, parseWizardSearch } from "@/wizard/search";

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  /** `next`: where to go after signing in, a path of the studio. */
  validateSearch: parseNext,
  component: lazyRouteComponent(
    withMessages(() => import("@/sign-in/SignInPage"), "sign-in"),
    "SignInPage",
  ),
});

/** Opened by the link of an invitation. */
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(
    withMessages(() => import("@/sign-in/InvitationPage"), "sign-in"),
    "InvitationPage",
  ),
});

/** Opened by the link of an approval, also by people without an account. */
const approval = createRoute({
  getParentRoute: () => root,
  path: "/approval",
  component: lazyRouteComponent(
    withMessages(() => import("@/approval/ApprovalPage"), "approval", "previews"),
    "ApprovalPage",
  ),
});

const inShell = { getParentRoute: () => signedIn } as const;

const home = createRoute({
  ...inShell,
  path: "/",
  component: lazyRouteComponent(
    withMessages(() => import("@/home/HomePage"), "home", "post", "approval"),
    "HomePage",
  ),
});
const calendar = createRoute({
  ...inShell,
  path: "/calendar",
  validateSearch: parseCalendarSearch,
  component: lazyRouteComponent(
    withMessages(() => import("@/calendar/CalendarPage"), "calendar", "post"),
    "CalendarPage",
  ),
});
const posts = createRoute({
  ...inShell,
  path: "/posts",
  validateSearch: parsePostListSearch,
  component: lazyRouteComponent(
    withMessages(() => import("@/posts/PostsPage"), "posts", "post", "approval"),
    "PostsPage",
  ),
});
const imports = createRoute({
  ...inShell,
  path: "/posts/import",
  staticData: { needs: "draft" },
  component: lazyRouteComponent(
    withMessages(() => import("@/imports/ImportPage"), "imports"),
    "ImportPage",
  ),
});
/** One page at two addresses: it must not be remounted when a new post gets its own address. */
const wizard = createRoute({
  ...inShell,
  id: "wizard",
  staticData: { needs: "draft" },
  validateSearch: parseWizardSearch,
  component: lazyRouteComponent(
    withMessages(() => import("@/wizard/CreateSocialPostWizard"), "wizard", "post", "previews"),
    "CreateSocialPostWizard",
  ),
});
/** Where the system's "share" leads (public/manifest.webmanifest): a new post with that text. */
const share = createRoute({
  ...inShell,
  path: "/share",
  validateSearch: parseSharedText,
  beforeLoad: ({ search, cause }) => {
    if (cause === "preload") return;
    startNewDraft();
    throw redirect({ to: "/posts/new", search, replace: true });
  },
});
const newPost = createRoute({ getParentRoute: () => wizard, path: "/posts/new" });
const editPost = createRoute({ getParentRoute: () => wizard, path: "/posts/$id/edit" });
const post = createRoute({
  ...inShell,
  path: "/posts/$id",
  component: lazyRouteComponent(
    withMessages(() => import("@/posts/PostPage"), "posts", "post", "approval", "series"),
    "PostPage",
  ),
});
/** Not "/media", where the server has the pictures themselves. */
const media = createRoute({
  ...inShell,
  path: "/library",
  validateSearch: parseLibrarySearch,
  component: lazyRouteComponent(
    withMessages(() => import("@/media/MediaPage"), "media"),
    "MediaPage",
  ),
});
const brand = createRoute({
  ...inShell,
  path: "/brand",
  staticData: { needs: "manage" },
  component: lazyRouteComponent(
    withMessages(() => import("@/brand/BrandPage"), "brand"),
    "BrandPage",
  ),
});
const accounts = createRoute({
  ...inShell,
  path: "/accounts",
  /** `next`: where to return once an account is connected. */
  validateSearch: parseNext,
  component: lazyRouteComponent(
    withMessages(() => import("@/accounts/AccountsPage"), "accounts"),
    "AccountsPage",
  ),
});
const connection = createRoute({
  ...inShell,
  path: "/accounts/connect/$id",
  staticData: { needs: "manage" },
  component: lazyRouteComponent(
    withMessages(() => import("@/accounts/ConnectionPage"), "accounts"),
    "ConnectionPage",
  ),
});
const settings = createRoute({
  ...inShell,
  path: "/settings",
  component: lazyRouteComponent(
    withMessages(() => import("@/settings/SettingsPage"), "settings", "approval"),
    "SettingsPage",
  ),
});

const postingTimes = createRoute({
  ...inShell,
  path: "/settings/posting-times",
  staticData: { needs: "manage" },
  component: lazyRouteComponent(
    withMessages(() => import("@/settings/PostingTimesPage"), "settings"),
    "PostingTimesPage",
  ),
});
const webhooks = createRoute({
  ...inShell,
  path: "/settings/webhooks",
  staticData: { needs: "manage" },
  component: lazyRouteComponent(
    withMessages(() => import("@/settings/WebhooksPage"), "settings"),
    "WebhooksPage",
  ),
});
/** For everybody: it names the people; only owners change them. */
const members = createRoute({
  ...inShell,
  path: "/settings/members",
  component: lazyRouteComponent(
    withMessages(() => import("@/settings/MembersPage"), "settings"),
    "MembersPage",
  ),
});
const audit = createRoute({
  ...inShell,
  path: "/settings/audit",
  staticData: { needs: "manage" },
  component: lazyRouteComponent(
    withMessages(() => import("@/settings/AuditPage"), "settings"),
    "AuditPage",
  ),
});

const tree = root.addChildren([
  signIn,
  invitation,
  approval,
  signedIn.addChildren([
    home,
    calendar,
    posts,
    imports,
    share,
    openNotification,
    wizard.addChildren([newPost, editPost]),
    post,
    media,
    brand,
    accounts,
    connection,
    settings,
    postingTimes,
    webhooks,
    members,
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
