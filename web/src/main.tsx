// The entry point.
import "@/app/mantine.css";
import "@fontsource-variable/figtree/wght.css";
import "@fontsource-variable/bricolage-grotesque/wght.css";
import "@/app/global.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "@/app/App";
import { styleNonce } from "@/app/nonce";
import { makeQueryClient } from "@/app/queries";
import { makeRouter } from "@/app/router";
import { initI18n } from "@/i18n/language";
import { captureLinkToken } from "@/sign-in/link";

// Removes the one-time token from the address before the router reads it.
captureLinkToken(globalThis.location, globalThis.history);
// The name under which libraries inside Mantine look for the nonce of their style elements.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

const client = makeQueryClient(() => void router.invalidate());
const router = makeRouter(client);
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

await initI18n();
createRoot(root).render(
  // Here and not in App: it renders everything twice during development, which would double the tests' time.
  <StrictMode>
    <App router={router} client={client} />
  </StrictMode>,
);
