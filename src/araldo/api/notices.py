"""Short pages for a browser that asked for what cannot be shown, in the browser's language."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from fastapi import Request
from fastapi.responses import HTMLResponse

from araldo.api.browser_security import bare_policy
from araldo.api.problems import language_of
from araldo.messages import Message

_STYLE = """
body{font:18px/1.6 system-ui,sans-serif;max-width:40rem;margin:12vh auto;padding:0 1.5rem;color-scheme:light dark}
code{font-size:.9em}
"""


def notice_response(request: Request, message: Message, fragments: Mapping[str, str], status: int) -> HTMLResponse:
    """Return a page that says `message`; it loads nothing and is not stored.

    `fragments`: HTML for the places of the message's text.
    """
    language = language_of(request)
    text = escape(message.to(language), quote=False)
    for name, fragment in fragments.items():
        text = text.replace(f"{{{name}}}", fragment)
    page = f"""<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Araldo</title><style>{_STYLE}</style></head><body>
<h1>Araldo</h1>
<p>{text}</p>
</body></html>
"""
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language", "Content-Security-Policy": bare_policy(_STYLE)}
    return HTMLResponse(page, status, headers)
