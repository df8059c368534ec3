// Push notifications in the settings: the switch of this browser, what keeps it from them, and the devices.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { session } from "@/testing/sample";
import { json, stubServer, type RecordedRequest } from "@/testing/server";
import { openStudio } from "@/testing/studio";

const DEVICES = "/api/v1/push/devices";
const PHONE = {
  id: "dev_1",
  user_agent: "Chrome, Android",
  current: false,
  error: "The browser's push service answered with status 503.",
  created_at: "2030-01-01T08:00:00Z",
  last_sent_at: null,
};
const HERE = { ...PHONE, id: "dev_2", user_agent: "Firefox, Linux", current: true, error: null };
const SUBSCRIPTION = { endpoint: "https://push.example/1", keys: { p256dh: "BPub", auth: "c2VjcmV0" } };

/** A browser that can have notifications; `subscription`: the one that it has. */
class PushBrowser {
  subscription: object | null = null;
  subscribe = vi.fn(() => Promise.resolve((this.subscription = subscriptionWith([1, 2, 3]))));
  permission = "default";
  answer = "granted";

  install(): void {
    const registration = {
      pushManager: { getSubscription: () => Promise.resolve(this.subscription), subscribe: this.subscribe },
    };
    vi.stubGlobal("isSecureContext", true);
    vi.stubGlobal("PushManager", Object);
    vi.stubGlobal("Notification", {
      get permission() {
        return browser.permission;
      },
      requestPermission: () => Promise.resolve((this.permission = this.answer)),
    });
    Object.defineProperty(navigator, "serviceWorker", {
      configurable: true,
      value: {
        register: vi.fn(() => Promise.resolve(registration)),
        ready: Promise.resolve(registration),
        getRegistration: () => Promise.resolve(this.subscription ? registration : undefined),
      },
    });
  }
}

function subscriptionWith(key: number[], unsubscribe = vi.fn(() => Promise.resolve(true))) {
  const options = { applicationServerKey: Uint8Array.from(key).buffer };
  return { options, unsubscribe, toJSON: () => SUBSCRIPTION };
}

let browser: PushBrowser;

beforeEach(() => {
  browser = new PushBrowser();
  browser.install();
});

function settings(devices: () => object[], answers: Parameters<typeof stubServer>[0] = {}): RecordedRequest[] {
  return stubServer({
    "GET /api/v1/session": json(session()),
    "GET /api/v1/keys": json({ data: [] }),
    "GET /api/v1/sessions": json({ data: [] }),
    "GET /api/v1/session/totp": json({ enabled_at: null, recovery_codes_left: 0 }),
    [`GET ${DEVICES}`]: () => json({ data: devices() }),
    "GET /api/v1/push/key": json({ public_key: "AQID" }),
    ...answers,
  });
}

const theSwitch = () => screen.findByRole("switch", { name: /On this device/ });

describe("the switch", () => {
  it("asks the person, subscribes this browser and tells the server", async () => {
    let devices: object[] = [];
    const requests = settings(() => devices, {
      [`POST ${DEVICES}`]: () => {
        devices = [HERE];
        return json(HERE, 201);
      },
      [`DELETE ${DEVICES}/dev_2`]: () => {
        devices = [];
        return new Response(null, { status: 204 });
      },
    });
    await openStudio("/settings");
    expect(await theSwitch()).not.toBeChecked();
    await userEvent.click(await theSwitch());
    await waitFor(async () => expect(await theSwitch()).toBeChecked());
    expect(browser.subscribe).toHaveBeenCalledWith({
      userVisibleOnly: true,
      applicationServerKey: Uint8Array.from([1, 2, 3]),
    });
    expect(requests.find(({ method, path }) => method === "POST" && path === DEVICES)?.body).toEqual(SUBSCRIPTION);
    await userEvent.click(await theSwitch());
    await waitFor(async () => expect(await theSwitch()).not.toBeChecked());
    expect(requests.some(({ method, path }) => method === "DELETE" && path === `${DEVICES}/dev_2`)).toBe(true);
  });

  it("replaces a subscription with a key that the server no longer has", async () => {
    const unsubscribe = vi.fn(() => Promise.resolve(true));
    browser.subscription = subscriptionWith([9], unsubscribe);
    settings(() => [], { [`POST ${DEVICES}`]: json(HERE, 201) });
    await openStudio("/settings");
    await userEvent.click(await theSwitch());
    await waitFor(() => expect(browser.subscribe).toHaveBeenCalled());
    expect(unsubscribe).toHaveBeenCalled();
  });

  it("is off where the browser has no subscription, whatever the server knows", async () => {
    settings(() => [HERE]);
    await openStudio("/settings");
    expect(await theSwitch()).not.toBeChecked();
    expect(await theSwitch()).toBeEnabled();
  });

  it("says that the person did not allow it", async () => {
    browser.answer = "denied";
    const requests = settings(() => []);
    await openStudio("/settings");
    await userEvent.click(await theSwitch());
    expect(await screen.findByText(/have not allowed notifications/)).toBeVisible();
    expect(requests.some(({ path }) => path === "/api/v1/push/key")).toBe(false);
  });

  it("says that the browser's push service cannot be reached, and may be tried again", async () => {
    browser.subscribe.mockRejectedValue(new DOMException("no", "AbortError"));
    settings(() => []);
    await openStudio("/settings");
    await userEvent.click(await theSwitch());
    expect(await screen.findByText(/could not reach its own push service/)).toBeVisible();
    expect(await theSwitch()).toBeEnabled();
  });

  it.each([
    ["insecure", /only over an encrypted connection/, () => vi.stubGlobal("isSecureContext", false)],
    ["unsupported", /cannot show notifications/, () => Reflect.deleteProperty(globalThis, "PushManager")],
    ["denied", /have not allowed notifications/, () => (browser.permission = "denied")],
  ])("is disabled where notifications are %s", async (_name, text, prepare) => {
    prepare();
    settings(() => []);
    await openStudio("/settings");
    expect(await screen.findByText(text)).toBeVisible();
    expect(await theSwitch()).toBeDisabled();
  });

  it("is not shown to people who cannot do anything about it", async () => {
    settings(() => [], { "GET /api/v1/session": json(session({ role: "viewer", permissions: ["read"] })) });
    await openStudio("/settings");
    await screen.findByRole("heading", { name: "Password" });
    expect(screen.queryByRole("switch", { name: /On this device/ })).toBeNull();
  });
});

describe("the devices", () => {
  it("are tested and removed", async () => {
    const requests = settings(() => [PHONE], {
      [`POST ${DEVICES}/dev_1/test`]: json({ sent: false, error: "It is gone.", removed: true }),
      [`DELETE ${DEVICES}/dev_1`]: () => new Response(null, { status: 204 }),
    });
    await openStudio("/settings");
    const list = await screen.findByRole("list", { name: "Devices with notifications" });
    expect(within(list).getByText(/status 503/)).toBeVisible();
    await userEvent.click(within(list).getByRole("button", { name: "Send a test to Chrome, Android" }));
    expect(await screen.findByText("It is gone.")).toBeVisible();
    await userEvent.click(within(list).getByRole("button", { name: "Turn off notifications on Chrome, Android" }));
    await waitFor(() => expect(requests.some(({ method }) => method === "DELETE")).toBe(true));
  });
});
