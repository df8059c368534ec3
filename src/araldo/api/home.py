"""What a browser finds at the root while the studio is not there: where to go instead."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Araldo</title><style>
body{font:18px/1.6 system-ui,sans-serif;max-width:40rem;margin:12vh auto;padding:0 1.5rem;color-scheme:light dark}
code{font-size:.9em}</style></head><body>
<h1>Araldo</h1>
<p>The server is running. Use it through its API under <code>/api/v1</code>;
its description is at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
<p lang="it">Il server è attivo. Si usa tramite la sua API sotto <code>/api/v1</code>,
descritta in <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
</body></html>
"""


@router.get("/", response_class=HTMLResponse)
async def home() -> HTMLResponse:
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})
