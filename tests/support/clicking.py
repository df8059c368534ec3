"""Clicking through the sandbox's log-in as a browser does."""

from __future__ import annotations

import re
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlencode, urljoin, urlsplit

from tests.support.house import House, Reply, ask

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# The seeded Page, "Studio Demo".
PAGE = "100000000000101"


def begin(home: House) -> dict[str, str]:
    reply = home.ask("POST", "/api/v1/accounts/connect/meta")
    assert (reply.status, reply.body["status"]) == (201, "begun")
    found: dict[str, str] = reply.body
    return found


def click(url: str, button: str = "allow", **unchecked: list[str]) -> Reply:
    """The dialog's form as a browser sends it, and the page that it leads back to."""
    return ask("POST", url.partition("?")[0], headers=FORM, data=_filled(url, button, **unchecked))


def led_to(url: str, button: str = "allow") -> str:
    """Where Araldo sends the browser once the dialog has sent it to Araldo: an address, or "" when it stays there."""
    back = _location("POST", url.partition("?")[0], _filled(url, button))
    return _location("GET", back)


def _location(method: str, url: str, data: bytes | None = None) -> str:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=30)
    connection.request(method, f"{parts.path}?{parts.query}", data, FORM)
    location = connection.getresponse().headers.get("Location")
    connection.close()
    return "" if location is None else urljoin(url, location)


def _filled(url: str, button: str, **unchecked: list[str]) -> bytes:
    page = ask("GET", url).raw.decode()
    fields = [(name, unescape(value)) for name, value in re.findall(r'type=hidden name=(\w+) value="([^"]*)"', page)]
    boxes = [(name, unescape(value)) for name, value in re.findall(r'checkbox name=(\w+) value="([^"]*)"', page)]
    kept = [(name, value) for name, value in boxes if value not in unchecked.get(name, [])]
    return urlencode([*fields, *kept, ("button", button)]).encode()
