// The service worker for push notifications: shows them, and opens the studio on a click. It answers no requests.

const NOTHING = { title: "Araldo", body: "", path: "/", tag: "araldo" };

/** Return the message; a plain one when there is none to read, because browsers want each push to be shown. */
function readMessage(data) {
  try {
    return { ...NOTHING, ...data.json() };
  } catch {
    return NOTHING;
  }
}

/** Return the address to open: a path of this server, whatever the message says. */
function addressOf(path) {
  const address = new URL(path, self.location.origin);
  return address.origin === self.location.origin ? address.href : self.location.origin;
}

/** Focus the window that shows the address already; else open one, so that no page with unsaved work is left. */
async function open(address) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = windows.find((client) => client.url === address);
  return shown ? shown.focus() : self.clients.openWindow(address);
}

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  const { title, body, path, tag } = readMessage(event.data);
  const icon = "/icons/icon-192.png";
  // With its tag a later message about the same object takes the place of this one, and is announced again.
  event.waitUntil(self.registration.showNotification(title, { body, tag, renotify: true, icon, data: { path } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(addressOf(event.notification.data?.path ?? "/")));
});
