"""Contexts that tests use one after another: nothing that one test stored is there for the next."""

from __future__ import annotations

import asyncio

from playwright.sync_api import Browser, Page

from tests.browser.contexts import ContextPool
from tests.browser.signing_in import sign_in
from tests.support.running_system import RunningSystem

_STORE = """async () => {
  document.cookie = "name=value";
  localStorage.setItem("name", "value");
  sessionStorage.setItem("name", "value");
  window.name = "name";
  await (await caches.open("name")).put("/name", new Response("value"));
  await new Promise((resolve) => (indexedDB.open("name").onsuccess = resolve));
  await (await (await navigator.storage.getDirectory()).getFileHandle("name", { create: true })).createWritable();
}"""
_STORED = """async () => {
  const files = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
  return {
    cookies: document.cookie,
    local: localStorage.length,
    session: sessionStorage.length,
    name: window.name,
    caches: await caches.keys(),
    databases: (await indexedDB.databases()).map((database) => database.name),
    files,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    history: history.length,
  };
}"""
_NOTHING = {
    "cookies": "",
    "local": 0,
    "session": 0,
    "name": "",
    "caches": [],
    "databases": [],
    "files": [],
    "workers": 0,
    "history": 2,
}
_REGISTER = (
    "navigator.serviceWorker.register('/push-worker.js').then(() => navigator.serviceWorker.ready).then(() => 1)"
)


def stored(page: Page) -> object:
    page.goto("/")
    return page.evaluate(_STORED)


def test_a_context_is_used_again_with_nothing_of_the_test_before(home: RunningSystem, contexts: ContextPool) -> None:
    before = contexts.open_page()
    assert stored(before) == _NOTHING
    sign_in(before, home)
    before.evaluate(_STORE)
    left = before.evaluate(_STORED)
    assert [key for key, nothing in _NOTHING.items() if left[key] == nothing] == ["workers", "history"]
    before.context.grant_permissions(["geolocation"])
    contexts.take_back()
    assert before.is_closed()
    after = contexts.open_page()
    assert after.context is before.context
    assert after.context.cookies() == []
    assert stored(after) == _NOTHING
    asked = "navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state)"
    assert after.evaluate(asked) == "prompt"
    assert after.request.get("/api/v1/session").status == 401
    # Neither shared while it is used, nor with other options.
    assert contexts.open_page().context is not after.context
    contexts.take_back()
    assert contexts.open_page(locale="it-IT").context not in (before.context, after.context)
    contexts.take_back()


def test_a_context_with_a_service_worker_is_not_used_again(contexts: ContextPool) -> None:
    before = contexts.open_page(locale="es-ES")
    before.goto("/")
    before.evaluate(_REGISTER)
    contexts.take_back()
    after = contexts.open_page(locale="es-ES")
    assert after.context is not before.context
    assert stored(after) == _NOTHING
    contexts.take_back()


def test_the_event_loop_is_visible_to_browser_tests_only(
    started_chromium: tuple[Browser, asyncio.AbstractEventLoop], chromium: Browser
) -> None:
    assert asyncio.get_running_loop() is started_chromium[1]
    assert chromium is started_chromium[0]
