// The parents of all routes: the root, and what is behind the sign-in.
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, redirect } from "@tanstack/react-router";

import { sessionQuery } from "@/api/session";
import { StandaloneErrorPage } from "@/app/ErrorPage";
import { Shell } from "@/app/Shell";
import { NotFoundPage } from "@/ui/NotFoundPage";

interface Context {
  client: QueryClient;
}

export const root = createRootRouteWithContext<Context>()({
  notFoundComponent: () => (
    <main>
      <NotFoundPage />
    </main>
  ),
  errorComponent: StandaloneErrorPage,
});

/** The parent of all pages behind the sign-in, inside the shell. */
export const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    if ((await context.client.query({ ...sessionQuery, staleTime: "static" })) !== null) return;
    throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { next: location.href } });
  },
  component: Shell,
  errorComponent: StandaloneErrorPage,
});
