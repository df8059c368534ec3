"""Browser contexts that tests use one after another: a new one has empty caches, and loads the studio's files again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

# Cookies apart: those of all origins are deleted.
_STORED = "cache_storage,file_systems,indexeddb,local_storage,service_workers,shader_cache,websql,storage_buckets"


@dataclass
class ContextPool:
    """Contexts of one origin: each for one test at a time, with nothing of the tests before but cached files.

    Pages, with their history, routes and session storage, are never used again.
    """

    browser: Browser
    origin: str
    slowest_ms: int
    _free: dict[str, list[BrowserContext]] = field(default_factory=dict)
    _lent: list[tuple[str, BrowserContext]] = field(default_factory=list)

    def open_page(self, **options: Any) -> Page:
        """Open a page in a context that has these options and that no one else uses."""
        kind = repr(sorted(options.items()))
        free = self._free.setdefault(kind, [])
        if free:
            context = free.pop()
            page = context.new_page()
            self._clear(page)
        else:
            context = self.browser.new_context(base_url=self.origin, **options)
            context.set_default_timeout(self.slowest_ms)
            page = context.new_page()
        self._lent.append((kind, context))
        return page

    def take_back(self) -> None:
        """Close all pages and keep their contexts; not those with a service worker, which would go on running."""
        for kind, context in self._lent:
            if context.service_workers:
                context.close()
                continue
            for page in context.pages:
                page.close()
            self._free[kind].append(context)
        self._lent.clear()

    def close(self) -> None:
        for contexts in self._free.values():
            for context in contexts:
                context.close()
        self._free.clear()

    def _clear(self, page: Page) -> None:
        """Delete what the context's earlier pages have stored. Its cache stays, as in the browser of a person."""
        page.context.clear_cookies()
        page.context.clear_permissions()
        session = page.context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": self.origin, "storageTypes": _STORED})
        session.detach()
