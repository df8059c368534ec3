"""A page that tells on itself: requests to elsewhere, what the policy blocked, errors in its console."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

_LOCAL = {"data", "blob"}
# Chromium calls every 4xx an error; that nobody is signed in yet is the ordinary answer to who it is.
_ORDINARY = re.compile(r"status of 401 .*/api/v1/session\)$")
# Heard before any script of the page runs.
_TELL = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`CSP: ${event.effectiveDirective} blocked ${event.blockedURI} ${event.sourceFile ?? ''}`));
"""


@dataclass
class Watched:
    """`allow` takes what a test provokes on purpose: parts of console errors that are then no fault."""

    origin: str
    faults: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.add_init_script(_TELL)
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"not caught: {error}"))

    def allow(self, part: str) -> None:
        self.allowed.append(part)

    def assert_clean(self) -> None:
        left = [fault for fault in self.faults if not any(part in fault for part in self.allowed)]
        assert left == [], "\n".join(left)

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in _LOCAL and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.faults.append(f"asked another place: {request.method} {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        said = f"console {message.type}: {message.text} ({message.location.get('url', '')})"
        if message.type in {"error", "warning"} and not _ORDINARY.search(said):
            self.faults.append(said)
