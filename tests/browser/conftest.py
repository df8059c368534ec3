"""Fixtures of the browser tests: Chromium, a running system with the studio, and a monitored page.

Playwright's plain interface keeps an event loop running in this thread for as long as the browser lives, so nothing
here may call `asyncio.run`: what does (a running system) is set up in a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.browser.page_monitor import PageMonitor
from tests.support import chromium as installed
from tests.support.running_system import RunningSystem, start_system

T = TypeVar("T")
Browse = Callable[..., Page]
BUILT = Path(__file__).parents[2] / "src/araldo/web"
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
_SLOWEST_MS = 20_000


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Started once for all browser tests, and closed before others, which need their own event loop."""
    path = installed.find_or_install()
    # The library's own 5 s are too few where other work has both cores.
    expect.set_options(timeout=_SLOWEST_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(installed.FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """A system for each test module: Araldo with the studio, the sandbox, a connected account."""
    assert (BUILT / "index.html").exists(), "the studio is not built: run make web"
    with in_own_thread(start_system(tmp_path_factory.mktemp("system"))) as opened:
        yield opened


@pytest.fixture
def monitor(home: RunningSystem) -> Iterator[PageMonitor]:
    """Monitor the test's pages; any fault fails the test at its end."""
    monitor = PageMonitor(home.url)
    yield monitor
    monitor.assert_clean()


@pytest.fixture
def browse(chromium: Browser, home: RunningSystem, monitor: PageMonitor) -> Iterator[Browse]:
    """`browse(viewport=PHONE, scheme="dark", language="it-IT")` opens a page in a fresh browser context."""
    contexts: list[BrowserContext] = []

    def new(
        viewport: ViewportSize = DESKTOP,
        scheme: Literal["light", "dark"] = "light",
        language: str = "en-GB",
        zone: str = "Europe/Rome",
    ) -> Page:
        context = chromium.new_context(
            base_url=home.url,
            viewport=viewport,
            color_scheme=scheme,
            locale=language,
            timezone_id=zone,
            has_touch=viewport["width"] < 768,
            reduced_motion="reduce",
        )
        context.set_default_timeout(_SLOWEST_MS)
        contexts.append(context)
        page = context.new_page()
        monitor.watch(page)
        return page

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def page(browse: Browse) -> Page:
    """A desktop page in English with the light scheme."""
    return browse()


@contextmanager
def in_own_thread(opened: AbstractContextManager[T]) -> Iterator[T]:
    """Enter and exit a context manager in another thread."""
    with ThreadPoolExecutor(1) as thread:
        given = thread.submit(opened.__enter__).result()
        try:
            yield given
        finally:
            thread.submit(opened.__exit__, None, None, None).result()
