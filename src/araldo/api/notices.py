"""Short pages for a browser that asked for what cannot be shown, in English and Italian."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from araldo.api.browser_security import bare_policy

_STYLE = """
body{font:18px/1.6 system-ui,sans-serif;max-width:40rem;margin:12vh auto;padding:0 1.5rem;color-scheme:light dark}
code{font-size:.9em}
"""


def notice_response(english: str, italian: str, status: int) -> HTMLResponse:
    """Return a page with both texts, which are HTML. It loads nothing and is not stored."""
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Araldo</title><style>{_STYLE}</style></head><body>
<h1>Araldo</h1>
<p>{english}</p>
<p lang="it">{italian}</p>
</body></html>
"""
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": bare_policy(_STYLE)}
    return HTMLResponse(page, status, headers)
