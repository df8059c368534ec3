"""The documentation as a site: its pages, its files, and notices where there is none."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from araldo.api.browser_security import documentation_policy
from araldo.api.notices import notice_response
from araldo.api.studio import CONTENT_TYPES, FOR_EVER
from araldo.messages import Message

_PATH = "/docs"
_NOT_BUILT = Message("documentation.not_built")
_NOT_FOUND = Message("documentation.not_found")
# For the places of these texts.
_FRAGMENTS = {
    "command": "<code>make docs</code>",
    "folder": "<code>docs/</code>",
    "start": f'<a href="{_PATH}/">{_PATH}/</a>',
}
# The site generator names these files by their content.
_NAMED_BY_CONTENT = re.compile(r"\.[0-9a-f]{8}\.min\.(css|js)$")
_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def documentation_routes(folder: Path) -> list[BaseRoute]:
    """Return the routes of the site that was built into this folder, or that will be."""
    return [Route(_PATH, _to_start, methods=["GET"]), Mount(_PATH, Documentation(folder))]


async def _to_start(_: Request) -> Response:
    return RedirectResponse(f"{_PATH}/")


class Documentation(StaticFiles):
    """Serves the built site. A page's own scripts are allowed by their digests, and no others."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self._start = folder / "index.html"
        # It may be built while the server runs.
        self.config_checked = True

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or a notice. Raises HTTPException for another method than GET and HEAD."""
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404:
                raise
            message, status = (_NOT_FOUND, 404) if self._start.is_file() else (_NOT_BUILT, 503)
            return notice_response(Request(scope), message, _FRAGMENTS, status)
        if isinstance(response, RedirectResponse):
            # Without the host and scheme, which a proxy may have changed.
            return RedirectResponse(f"{quote(scope['path'])}/")
        return response

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return a file, or 304 when the browser has it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        file = Path(full_path)
        response.headers["Cache-Control"] = FOR_EVER if _NAMED_BY_CONTENT.search(file.name) else "no-cache"
        kind = CONTENT_TYPES.get(file.suffix, "application/octet-stream")
        response.headers["Content-Type"] = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        if kind == "text/html":
            policy = documentation_policy(_script_digests(file, stat_result.st_mtime_ns))
            response.headers["Content-Security-Policy"] = policy
        return response


@lru_cache(maxsize=64)
def _script_digests(page: Path, changed_at: int) -> tuple[str, ...]:
    """Return the digests of a page's inline scripts as a Content-Security-Policy names them."""
    scripts = _INLINE_SCRIPT.findall(page.read_bytes())
    return tuple(f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts)
