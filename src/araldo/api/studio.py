"""The built studio: its HTML for every path of its own, its files, and a notice while it is not built."""

from __future__ import annotations

import secrets
from pathlib import Path, PurePosixPath

from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from araldo.api.browser_security import studio_policy
from araldo.api.notices import notice_response
from araldo.messages import Message

# Unknown paths under these get a 404, not the studio.
_NOT_PAGES = {"api", "media", "metrics", "robots.txt"}
# The build's placeholder for the nonce of a response; see docs/decisions/0010-the-studios-page.md.
_NONCE = "ARALDO_CSP_NONCE"
# Their names contain a hash of their content.
FOR_EVER = "public, max-age=31536000, immutable"
# Listed here because of "nosniff", and because `mimetypes` differs between machines.
CONTENT_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}

_NOT_BUILT = Message("studio.not_built")
_FRAGMENTS = {"command": "<code>make web</code>", "description": '<a href="/api/docs">/api/docs</a>'}


class Studio:
    """Serves paths without a route: a file of the build, else its HTML, whose router handles the path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._respond(Request(scope))(scope, receive, send)

    def _respond(self, request: Request) -> Response:
        """Return the response. Raises HTTPException 404 for what is neither a file nor a path of the studio."""
        parts = PurePosixPath(request.scope["path"]).parts[1:]
        if request.method not in {"GET", "HEAD"} or (parts and parts[0] in _NOT_PAGES):
            raise HTTPException(404)
        if parts and parts != ("index.html",) and (parts[0] == "assets" or "." in parts[-1]):
            return self._file_response(parts)
        return self._html_response(request)

    def _file_response(self, parts: tuple[str, ...]) -> Response:
        # No hidden files, and no path out of the folder.
        found = self._folder.joinpath(*parts)
        if any(part.startswith(".") or "\0" in part or "\\" in part for part in parts) or not _is_file(found):
            raise HTTPException(404)
        kept = FOR_EVER if parts[0] == "assets" else "no-cache"
        kind = CONTENT_TYPES.get(found.suffix, "application/octet-stream")
        return FileResponse(found, media_type=kind, headers={"Cache-Control": kept})

    def _html_response(self, request: Request) -> Response:
        """Return the HTML. `no-cache`, as it names files of one build; no ETag, as each response has its own nonce."""
        try:
            page = (self._folder / "index.html").read_text("utf-8")
        except FileNotFoundError:
            return notice_response(request, _NOT_BUILT, _FRAGMENTS, 503)
        nonce = secrets.token_urlsafe(16)
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": studio_policy(nonce)}
        return HTMLResponse(page.replace(_NONCE, nonce), headers=headers)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # The name is too long.
        return False
