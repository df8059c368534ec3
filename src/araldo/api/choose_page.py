"""The page of check boxes for a log-in that was begun with a key, and how it ends; the studio has its own."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from fastapi.responses import HTMLResponse

from araldo.api.browsers import bare_policy
from araldo.errors import Language, Sentence

_TITLE = Sentence("Which Pages?", "Quali Pagine?")
_ONLY = Sentence(
    "Only what you choose is connected. The choice is open for ten minutes.",
    "Viene collegato solo ciò che scegli. La scelta resta aperta dieci minuti.",
)
_CONNECT = Sentence("Connect", "Collega")
_DONE = Sentence("Connected", "Collegato")
_CLOSE = Sentence("You can close this page.", "Puoi chiudere questa pagina.")
_BACK = Sentence("Back to Araldo", "Torna ad Araldo")
_FAILED = Sentence("Not connected", "Non collegato")

_STYLE = """
body{font:17px/1.5 system-ui,sans-serif;background:#f2f5fb;color:#101a3c;margin:0;
  display:grid;place-items:center;min-height:100vh}
main{background:#fff;border-radius:18px;padding:32px 36px;max-width:520px;box-shadow:0 8px 40px #101a3c1a}
h1{margin:0 0 8px;font-size:26px}p{margin:0 0 16px;color:#414c72}
label{display:block;border:1px solid #cfd8ee;border-radius:12px;padding:12px 14px;margin:10px 0;cursor:pointer}
small{display:block;color:#8a3b12;margin-left:28px}b+span{color:#414c72}
button{background:#2447d8;color:#fff;border:0;border-radius:12px;padding:12px 22px;font:inherit;font-weight:600}
"""


def pages_to_choose(connection: Any, ticket: str, language: Language) -> HTMLResponse:
    """`connection` as the API reads it; `ticket` is what the form is sent back with."""
    boxes = "".join(_box(page, checked=len(connection.pages) == 1) for page in connection.pages)
    notes = "".join(f"<p>{escape(note)}</p>" for note in connection.notes)
    form = (
        f"<form method=post action=/api/v1/connections/chosen>{boxes}"
        f'<input type=hidden name=ticket value="{escape(ticket, quote=True)}">'
        f"<p></p><button>{escape(_CONNECT.to(language))}</button></form>"
    )
    return _page(_TITLE.to(language), f"<p>{escape(_ONLY.to(language))}</p>{notes}{form}", language)


def chosen_page(names: Sequence[str], language: Language) -> HTMLResponse:
    listed = "".join(f"<li>{escape(name)}</li>" for name in names)
    return _page(_DONE.to(language), f"<ul>{listed}</ul><p>{escape(_CLOSE.to(language))}</p>", language)


def failed_page(why: str, language: Language, *, status: int) -> HTMLResponse:
    return _page(_FAILED.to(language), f"<p>{escape(why)}</p>", language, status=status)


def _box(page: Any, *, checked: bool) -> str:
    instagram = f" <span>+ Instagram @{escape(page.instagram)}</span>" if page.instagram else ""
    lacks = "".join(f"<small>{escape(lack)}</small>" for lack in page.lacks)
    mark = " checked" if checked else ""
    value = escape(page.page_id, quote=True)
    return (
        f'<label><input type=checkbox name=page_ids value="{value}"{mark}> <b>{escape(page.name)}</b>'
        f"{instagram}{lacks}</label>"
    )


def _page(title: str, body: str, language: Language, *, status: int = 200) -> HTMLResponse:
    back = f"<p><a href=/>{escape(_BACK.to(language))}</a></p>"
    html = (
        f"<!doctype html><html lang={language}><meta charset=utf-8><meta name=viewport content=width=device-width>"
        f"<title>Araldo: {escape(title)}</title><style>{_STYLE}</style><main><h1>{escape(title)}</h1>{body}{back}"
        "</main></html>"
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": bare_policy(_STYLE),
    }
    return HTMLResponse(html, status_code=status, headers=headers)
