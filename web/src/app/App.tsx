// The studio's root component: theme, queries, routes and notifications.
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";

import { styleNonce } from "@/app/nonce";
import type { AppRouter } from "@/app/router";
import { cssVariables, schemeManager, theme } from "@/app/theme";

export function App({ router, client }: { router: AppRouter; client: QueryClient }) {
  return (
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        colorSchemeManager={schemeManager}
        getStyleNonce={styleNonce}
        // Disables transitions in tests.
        env={import.meta.env.MODE === "test" ? "test" : "default"}
      >
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
        <Notifications position="bottom-right" />
      </MantineProvider>
    </StrictMode>
  );
}
