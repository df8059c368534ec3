// The service worker for push notifications: shows them, and opens the studio on a click. It answers no requests.

const NOTHING = { title: "Araldo", body: "", path: "/", workspace: "", tag: "araldo" };

/** Return the message; a plain one when there is none to read, because browsers want each push to be shown. */
function readMessage(data) {
  try {
    return { ...NOTHING, ...data.json() };
  } catch {
    return NOTHING;
  }
}

/** Return the address of a path: of this server, whatever the message says. */
function addressOf(path) {
  const address = new URL(path, self.location.origin);
  return address.origin === self.location.origin ? address : new URL("/", self.location.origin);
}

/** Focus the window that shows the page already; else open one, so that no page with unsaved work is left. */
async function open({ path, workspace }) {
  const address = addressOf(path);
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = windows.find((client) => client.url === address.href);
  if (shown) return shown.focus();
  // The studio moves to the workspace first: the session may be in another one.
  const search = new URLSearchParams({ workspace, to: address.pathname });
  return self.clients.openWindow(new URL(`/open?${search}`, address).href);
}

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  const { title, body, path, workspace, tag } = readMessage(event.data);
  const icon = "/icons/icon-192.png";
  // With its tag a later message about the same object takes the place of this one, and is announced again.
  const options = { body, tag, renotify: true, icon, data: { path, workspace } };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open({ ...NOTHING, ...event.notification.data }));
});
