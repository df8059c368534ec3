"""Push notifications in a browser: the switch, and what the service worker does with a message and a click.

The headless shell of Chromium allows no notifications and has no push service. So the page is told that it is allowed
to, its own subscription ends in the studio's notice, messages are delivered over the DevTools protocol, and the worker
notes what it would show and open.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Worker, expect

from tests.browser.conftest import PHONE, Browse
from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem

WHERE = {"path": "/posts/post_1", "workspace": "ws_1"}
MESSAGE = {"title": "Not published on Facebook", "body": "Pane", "tag": "one", **WHERE}
_ALLOWED = """
Object.defineProperty(Notification, "permission", { get: () => "granted" });
Notification.requestPermission = async () => "granted";
"""
_NOTE = """() => {
    self.noted = [];
    self.registration.showNotification = async (title, options) => { self.noted.push({ title, ...options }); };
    self.clients.openWindow = async (url) => { self.noted.push(url); };
}"""
_CLICK = """(data) => self.dispatchEvent(Object.assign(new ExtendableEvent("notificationclick"), {
    notification: { close: () => self.noted.push("closed"), data },
}))"""


@pytest.fixture(autouse=True)
def private_window(monitor: PageMonitor) -> None:
    """A browser context of a test is a private window, in which Chromium says so where push is asked for."""
    monitor.allow("does not support the Push API in incognito mode")


def switch_on(page: Page) -> Worker:
    """Switch on in a browser that allows it, and return the worker that the studio registers."""
    page.add_init_script(_ALLOWED)
    page.goto("/settings")
    page.get_by_role("switch", name="On this device").click(force=True)
    expect(page.get_by_text("could not reach its own push service")).to_be_visible()
    (worker,) = page.context.service_workers
    worker.evaluate(_NOTE)
    return worker


def noted(worker: Worker, count: int) -> list[Any]:
    """Wait until the worker has noted this many things, and return them."""
    worker.evaluate(
        "async (count) => { while (self.noted.length < count) await new Promise((go) => setTimeout(go, 20)); }", count
    )
    found: list[Any] = worker.evaluate("self.noted")
    return found


def deliver(page: Page, data: str) -> None:
    """Deliver a message as the push service would."""
    devtools = page.context.new_cdp_session(page)
    ids: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: ids.extend(one["registrationId"] for one in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    # Events arrive while the page is asked something.
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    origin = page.evaluate("location.origin")
    devtools.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": ids[0], "data": data})


def test_the_switch_says_when_the_browser_has_no_push_service(home: RunningSystem, page: Page) -> None:
    switch_on(sign_in(page, home))
    switch = page.get_by_role("switch", name="On this device")
    expect(switch).not_to_be_checked()
    expect(switch).to_be_enabled()
    assert_accessible(page)


def test_without_permission_the_switch_says_how_to_give_it(home: RunningSystem, browse: Browse) -> None:
    page = sign_in(browse(PHONE), home)
    page.goto("/settings")
    expect(page.get_by_text("You have not allowed notifications from this address.")).to_be_visible()
    expect(page.get_by_role("switch", name="On this device")).to_be_disabled()
    assert_accessible(page)


def test_a_message_is_shown_and_a_click_opens_its_page(home: RunningSystem, page: Page) -> None:
    worker = switch_on(sign_in(page, home))
    deliver(page, json.dumps(MESSAGE))
    (shown,) = noted(worker, 1)
    assert shown == {
        "title": MESSAGE["title"],
        "body": "Pane",
        "tag": "one",
        "renotify": True,
        "icon": "/icons/icon-192.png",
        "data": WHERE,
    }
    worker.evaluate(_CLICK, shown["data"])
    assert noted(worker, 3)[1:] == ["closed", f"{home.url}/open?workspace=ws_1&to=%2Fposts%2Fpost_1"]


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_a_click_never_leads_to_another_server(home: RunningSystem, page: Page, path: str) -> None:
    worker = switch_on(sign_in(page, home))
    worker.evaluate(_CLICK, {"path": path})
    assert noted(worker, 2) == ["closed", f"{home.url}/open?workspace=&to=%2F"]


def test_a_message_that_cannot_be_read_is_shown_all_the_same(home: RunningSystem, page: Page) -> None:
    worker = switch_on(sign_in(page, home))
    deliver(page, "no JSON")
    (shown,) = noted(worker, 1)
    assert (shown["title"], shown["data"]) == ("Araldo", {"path": "/", "workspace": ""})
