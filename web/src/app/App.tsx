// The studio's root component: theme, queries, routes and notifications.
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";

import { styleNonce } from "@/app/nonce";
import type { AppRouter } from "@/app/router";
import { cssVariables, schemeManager, theme } from "@/app/theme";

const IS_TEST = import.meta.env.MODE === "test";

export function App({ router, client }: { router: AppRouter; client: QueryClient }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={schemeManager}
      getStyleNonce={styleNonce}
      // No transitions in tests, and no style sheets, which jsdom would match against every element of a query.
      env={IS_TEST ? "test" : "default"}
      withCssVariables={!IS_TEST}
      // All of them are made here, so that the style sheet need not have the defaults.
      deduplicateCssVariables={false}
      withStaticClasses={!IS_TEST}
    >
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
      <Notifications position="bottom-right" />
    </MantineProvider>
  );
}
