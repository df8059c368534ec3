"""Swagger UI for the API, with its files served from here."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

from araldo.api.routing import ResourceRouter

router = ResourceRouter(prefix="/api/docs", include_in_schema=False)

# Of this package only Swagger UI's static files are used.
_FOLDER = Path(str(files("fastapi_offline"))) / "static"
_KINDS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}
_FOR_A_DAY = "public, max-age=86400"

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Araldo API</title>
<link rel="icon" href="/api/docs/favicon.png"><link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head><body><div id="docs"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script>
</body></html>
"""
# Requests use the browser's session. Without `validatorUrl: null` it would call an external server.
_START = """const session = fetch("/api/v1/session").then((answer) => (answer.ok ? answer.json() : null), () => null);
SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: async (request) => {
    const known = request.loadSpec ? null : await session;
    if (known) request.headers["X-CSRF-Token"] = known.csrf_token;
    return request;
  },
});
"""


@router.get("")
async def docs() -> HTMLResponse:
    return HTMLResponse(_PAGE, headers={"Cache-Control": "no-cache"})


@router.get("/start.js")
async def start() -> Response:
    return Response(_START, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/{name}")
async def file(name: str) -> FileResponse:
    if name not in _KINDS:
        raise HTTPException(404)
    return FileResponse(_FOLDER / name, media_type=_KINDS[name], headers={"Cache-Control": _FOR_A_DAY})
