// Push notifications as this browser sees them: whether it can have them, and its subscription.

const WORKER = "/push-worker.js";
// Chromium waits for ever while its push service cannot be reached.
const SUBSCRIBE_MS = 20_000;

/** Why this browser gets no notifications: no encrypted connection, no support, forbidden, or no push service. */
export type PushObstacle = "insecure" | "unsupported" | "denied" | "noService";

export class PushUnavailable extends Error {
  constructor(readonly obstacle: PushObstacle) {
    super(obstacle);
  }
}

export interface BrowserSubscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

/** Return what keeps this browser from notifications, as far as it can be told without asking the person; else null. */
export function findObstacle(): PushObstacle | null {
  if (!globalThis.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis)) {
    return "unsupported";
  }
  return Notification.permission === "denied" ? "denied" : null;
}

/** Return whether this browser takes messages: it is allowed to, and has a subscription. */
export async function isSubscribed(): Promise<boolean> {
  if (findObstacle() !== null || Notification.permission !== "granted") return false;
  const registration = await navigator.serviceWorker.getRegistration("/");
  return ((await registration?.pushManager.getSubscription()) ?? null) !== null;
}

/** Ask the person. Browsers want this to be the first thing that happens after a click. Throws PushUnavailable. */
export async function askPermission(): Promise<void> {
  const obstacle = findObstacle();
  if (obstacle !== null) throw new PushUnavailable(obstacle);
  if ((await Notification.requestPermission()) !== "granted") throw new PushUnavailable("denied");
}

/** Subscribe with the server's public key, in base64url. Throws PushUnavailable. */
export async function subscribe(publicKey: string): Promise<BrowserSubscription> {
  const key = decodeBase64Url(publicKey);
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  const existing = await pushManager.getSubscription();
  if (existing && isSameKey(existing.options.applicationServerKey, key)) return toPlain(existing);
  // Bound to a key that the server no longer has.
  await existing?.unsubscribe();
  try {
    const subscribing = pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    return toPlain(await within(SUBSCRIBE_MS, subscribing));
  } catch {
    throw new PushUnavailable(Notification.permission === "denied" ? "denied" : "noService");
  }
}

/** Rejects when the promise takes longer. */
async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("too late")), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function toPlain(subscription: PushSubscription): BrowserSubscription {
  const { endpoint, keys } = subscription.toJSON();
  const { p256dh, auth } = keys ?? {};
  if (endpoint === undefined || p256dh === undefined || auth === undefined) throw new PushUnavailable("unsupported");
  return { endpoint, keys: { p256dh, auth } };
}

function isSameKey(stored: ArrayBuffer | null, key: Uint8Array): boolean {
  const bytes = new Uint8Array(stored ?? new ArrayBuffer(0));
  return bytes.length === key.length && bytes.every((byte, index) => byte === key[index]);
}

function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const decoded = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(decoded, (character) => character.charCodeAt(0));
}
