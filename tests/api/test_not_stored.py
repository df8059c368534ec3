"""Cache-Control: private responses are no-store on every route, with and without access, and on unknown paths."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from fastapi.routing import APIRoute

from araldo.api.routers import ROUTERS
from tests.images.pictures import encode_picture, quarters
from tests.support.running_system import RunningSystem

# Files of the API's own description, the same for everybody.
_STATIC = "/api/docs"


def routes() -> Iterator[tuple[str, str]]:
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield method, re.sub(r"\{[^}]*\}", "none", route.path)


def cache_control(home: RunningSystem, method: str, path: str, key: str | None) -> tuple[int, str | None]:
    """Return the header without reading the body, because event streams do not end."""
    parts = urlsplit(home.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    named = {} if key is None else {"Authorization": f"Bearer {key}"}
    try:
        connection.request(
            method, path, "{}" if method != "GET" else None, {"Content-Type": "application/json", **named}
        )
        answer = connection.getresponse()
        return answer.status, answer.headers["cache-control"]
    finally:
        connection.close()


def test_every_api_response_is_no_store(home: RunningSystem) -> None:
    private = [(method, path) for method, path in routes() if path.startswith("/api") and not path.startswith(_STATIC)]
    assert len(private) > 60
    private += [("GET", "/api/v1/nowhere"), ("PUT", "/api/v1/posts"), ("GET", "/api/v1/openapi.json")]
    for key in (None, home.key):
        kept = {}
        for method, path in private:
            status, said = cache_control(home, method, path, key)
            assert status < 500, (method, path)
            if "no-store" not in (said or ""):
                kept[method, path] = said
        assert kept == {}


def test_public_responses_may_be_cached(home: RunningSystem) -> None:
    for path in ("/api/docs", "/", "/favicon.svg"):
        assert cache_control(home, "GET", path, None) == (200, "no-cache")
    assert cache_control(home, "GET", "/media/none.jpg", None) == (403, "no-store")
    medium = home.upload(encode_picture(quarters((320, 320)), "JPEG")).body
    split = urlsplit(medium["url"])
    assert cache_control(home, "GET", f"{split.path}?{split.query}", None) == (200, "private, max-age=86400")
