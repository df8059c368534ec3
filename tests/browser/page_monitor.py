"""Monitoring of a page: requests to other origins, CSP violations, console errors."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

_LOCAL = {"data", "blob"}
# Chromium logs every 4xx as an error; this one is the normal response before signing in.
_ORDINARY = re.compile(r"status of 401 .*/api/v1/session\)$")
# Runs before any script of the page.
_REPORT_CSP_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`CSP: ${event.effectiveDirective} blocked ${event.blockedURI} ${event.sourceFile ?? ''}`));
"""


@dataclass
class PageMonitor:
    """Collects faults. `allow`: parts of console errors that a test provokes on purpose."""

    origin: str
    faults: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.add_init_script(_REPORT_CSP_VIOLATIONS)
        page.on("request", self._on_request)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.faults.append(f"not caught: {error}"))

    def allow(self, part: str) -> None:
        self.allowed.append(part)

    def assert_clean(self) -> None:
        left = [fault for fault in self.faults if not any(part in fault for part in self.allowed)]
        assert left == [], "\n".join(left)

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in _LOCAL and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.faults.append(f"asked another place: {request.method} {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        said = f"console {message.type}: {message.text} ({message.location.get('url', '')})"
        if message.type in {"error", "warning"} and not _ORDINARY.search(said):
            self.faults.append(said)
