// Every page's address. A page is a line here and a component that is loaded when it is first opened.
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
import { FailedPage } from "@/app/FailedPage";
import { Shell } from "@/app/Shell";
import { isOwnPath } from "@/sign-in/link";
import { Loading } from "@/ui/Loading";
import { NotFoundPage } from "@/ui/NotFoundPage";
import { listAddress } from "@/ui/post/shown";
import { isStep, type Step } from "@/wizard/steps";

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  notFoundComponent: () => (
    <main>
      <NotFoundPage />
    </main>
  ),
  errorComponent: FailedAlone,
});

/** Outside the shell, which has a main part of its own. */
function FailedAlone(props: ErrorComponentProps) {
  return (
    <main>
      <FailedPage {...props} />
    </main>
  );
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  /** `next`: where to go afterwards, a path of ours. */
  validateSearch: nextOf,
  component: lazyRouteComponent(() => import("@/sign-in/SignInPage"), "SignInPage"),
});

function nextOf(search: Record<string, unknown>): { next?: string } {
  return isOwnPath(search["next"]) ? { next: search["next"] } : {};
}

/** Everything behind the sign-in, inside the shell. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    if ((await context.client.query({ ...sessionQuery, staleTime: "static" })) !== null) return;
    throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { next: location.href } });
  },
  component: Shell,
  errorComponent: FailedAlone,
});

const within = { getParentRoute: () => signedIn } as const;

const home = createRoute({
  ...within,
  path: "/",
  component: lazyRouteComponent(() => import("@/home/HomePage"), "HomePage"),
});
const posts = createRoute({
  ...within,
  path: "/posts",
  validateSearch: listAddress,
  component: lazyRouteComponent(() => import("@/posts/PostsPage"), "PostsPage"),
});
/** One page at two addresses: a new post gets its own while it is written, and nothing may be lost by that. */
const wizard = createRoute({
  ...within,
  id: "wizard",
  /** `step`: 1 to 4, the first when left out. */
  validateSearch: (search): { step?: Step } => (isStep(search["step"]) ? { step: search["step"] } : {}),
  component: lazyRouteComponent(() => import("@/wizard/CreateSocialPostWizard"), "CreateSocialPostWizard"),
});
const newPost = createRoute({ getParentRoute: () => wizard, path: "/posts/new" });
const editPost = createRoute({ getParentRoute: () => wizard, path: "/posts/$id/edit" });
const post = createRoute({
  ...within,
  path: "/posts/$id",
  component: lazyRouteComponent(() => import("@/posts/PostPage"), "PostPage"),
});
const accounts = createRoute({
  ...within,
  path: "/accounts",
  /** `next`: where one came from, to go back to once an account is connected. */
  validateSearch: nextOf,
  component: lazyRouteComponent(() => import("@/accounts/AccountsPage"), "AccountsPage"),
});
const connection = createRoute({
  ...within,
  path: "/accounts/connect/$id",
  component: lazyRouteComponent(() => import("@/accounts/ConnectionPage"), "ConnectionPage"),
});
const settings = createRoute({
  ...within,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/settings/SettingsPage"), "SettingsPage"),
});

const tree = root.addChildren([
  signIn,
  signedIn.addChildren([home, posts, wizard.addChildren([newPost, editPost]), post, accounts, connection, settings]),
]);

/** `history`: where addresses are kept; the browser's, if none is given. */
export function makeRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    context: { client },
    ...(history ? { history } : {}),
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultPendingComponent: Loading,
    defaultErrorComponent: FailedPage,
    defaultNotFoundComponent: NotFoundPage,
  });
}

export type AppRouter = ReturnType<typeof makeRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }
}
