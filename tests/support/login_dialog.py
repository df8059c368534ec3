"""The sandbox's log-in dialog, driven as by a browser."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from tests.support.running_system import Reply, RunningSystem

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# The seeded Page, "Studio Demo".
PAGE = "100000000000101"


def token_request(token: str) -> dict[str, Any]:
    """Return the body of POST /connections for a token that a person has."""
    return {"service": "meta", "method": "token", "answers": {"token": token}}


def begin_login(home: RunningSystem) -> dict[str, str]:
    reply = home.ask("POST", "/api/v1/connections", {"service": "meta"})
    assert (reply.status, reply.body["status"]) == (201, "begun")
    found: dict[str, str] = reply.body
    return found


class Browser:
    """Keeps cookies, for all hosts together, and follows redirects; `url`: the current one."""

    def __init__(self, cookies: Mapping[str, str] | None = None) -> None:
        self.cookies = dict(cookies or {})
        self.url = ""

    def open(self, url: str, fields: Sequence[tuple[str, str]] | None = None, *, follow: bool = True) -> Reply:
        """GET a URL, or POST a form with the Origin of its page."""
        data = None if fields is None else urlencode(fields).encode()
        while True:
            reply = self._ask(url, data)
            location = reply.headers.get("Location")
            self.url = url
            if location is None or not follow:
                return reply
            url, data = urljoin(url, location), None

    def submit(self, reply: Reply, button: str, *, follow: bool = True, **unchecked: list[str]) -> Reply:
        """Submit the form of the current page. `button`: value of the pressed button, "" for one without a name."""
        pressed = [("button", button)] if button else []
        return self.open(self.url.partition("?")[0], [*_fields(reply, **unchecked), *pressed], follow=follow)

    def _ask(self, url: str, data: bytes | None) -> Reply:
        parts = urlsplit(url)
        connection = HTTPConnection(parts.netloc, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if data is not None:
            headers |= FORM | {"Origin": f"{parts.scheme}://{parts.netloc}"}
        connection.request("GET" if data is None else "POST", f"{parts.path}?{parts.query}", data, headers)
        answer = connection.getresponse()
        reply = Reply(answer.status, answer.headers, answer.read())
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return reply


def open_dialog(url: str, browser: Browser) -> Reply:
    """Open the service's own dialog, after our consent page if the log-in was begun with an API key."""
    page = browser.open(url)
    return browser.submit(page, "continue") if page.status == 200 and "/consent?" in browser.url else page


def complete_login(url: str, button: str = "allow", *, browser: Browser | None = None, **unchecked: list[str]) -> Reply:
    """Consent, submit the dialog's form, and return the page that they lead back to."""
    browser = browser or Browser()
    page = open_dialog(url, browser)
    return browser.submit(page, button, follow=True, **unchecked) if page.status == 200 else page


def final_url_of_login(url: str, button: str = "allow", *, browser: Browser | None = None) -> str:
    """Complete the log-in and return the URL that the callback redirects to, "" without a redirect."""
    browser = browser or Browser()
    complete_login(url, button, browser=browser)
    return "" if "/callback?" in browser.url else browser.url


def _fields(reply: Reply, **unchecked: list[str]) -> list[tuple[str, str]]:
    page = reply.raw.decode()
    fields = [(name, unescape(value)) for name, value in re.findall(r'type=hidden name=(\w+) value="([^"]*)"', page)]
    boxes = [(name, unescape(value)) for name, value in re.findall(r'checkbox name=(\w+) value="([^"]*)"', page)]
    return [*fields, *((name, value) for name, value in boxes if value not in unchecked.get(name, []))]
