// Where the studio begins in the browser.
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@fontsource-variable/figtree/wght.css";
import "@fontsource-variable/bricolage-grotesque/wght.css";
import "@/app/global.css";

import { createRoot } from "react-dom/client";

import { App } from "@/app/App";
import { styleNonce } from "@/app/nonce";
import { makeQueryClient } from "@/app/queries";
import { makeRouter } from "@/app/router";
import { begin } from "@/i18n/language";
import { noticeLink } from "@/sign-in/link";

// Before the router reads the address: the one-time token leaves it here.
noticeLink(globalThis.location, globalThis.history);
// Libraries inside Mantine that make style elements of their own ask for it under this name.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

const client = makeQueryClient(() => void router.invalidate());
const router = makeRouter(client);
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

await begin();
createRoot(root).render(<App router={router} client={client} />);
