"""The built studio and the API at one address; until the app serves the studio itself, then this file goes."""

from __future__ import annotations

import asyncio
import mimetypes
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from araldo.app import Araldo, create_web
from tests.support.house import House, connected, sandbox, settings_for
from tests.support.serving import serve_made

BUILT = Path(__file__).parents[2] / "src/araldo/web"
NONCE = "ARALDO_CSP_NONCE"


def policy(nonce: str) -> str:
    """As docs/studio.md says."""
    return (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; style-src-attr 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class WithStudio:
    """The API where it is, the studio everywhere else."""

    def __init__(self, api: Any) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith(("/api/", "/media/")):
            if path == "/api/v1/session":
                await _nobody()(scope, receive, send)
            else:
                await self._api(scope, receive, send)
            return
        await _file(path)(scope, receive, send)


def _file(path: str) -> Response:
    found = (BUILT / path.lstrip("/")).resolve()
    if found.is_relative_to(BUILT / "assets") or path == "/favicon.svg":
        kind, _ = mimetypes.guess_type(found.name)
        return Response(found.read_bytes(), media_type=kind) if found.is_file() else Response(status_code=404)
    nonce = secrets.token_urlsafe(16)
    html = (BUILT / "index.html").read_text().replace(NONCE, nonce)
    headers = {"Content-Security-Policy": policy(nonce), "Cache-Control": "no-cache"}
    return Response(html, media_type="text/html", headers=headers)


def _nobody() -> Response:
    body = {"code": "not_allowed", "title": "Not signed in", "detail": "Sign in first.", "status": 401, "errors": []}
    return JSONResponse(body, 401, media_type="application/problem+json")


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """As tests.support.house, with the studio in front."""
    with sandbox() as meta:
        made: list[House] = []

        def make(url: str) -> WithStudio:
            settings = settings_for(folder, meta.url, port=int(url.rpartition(":")[2]))
            made.append(House(url, asyncio.run(connected(settings, meta.mint())), meta, settings))
            return WithStudio(create_web(Araldo(settings)))

        with serve_made(make):
            yield made[0]
