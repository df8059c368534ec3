"""HTML views for a log-in that was begun with an API key: consent, selection of accounts, result.

The studio has its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from fastapi.responses import HTMLResponse

from araldo.api.browser_security import bare_policy
from araldo.messages import Language, Message

_STYLE = """
body{font:17px/1.5 system-ui,sans-serif;background:#f2f5fb;color:#101a3c;margin:0;
  display:grid;place-items:center;min-height:100vh}
main{background:#fff;border-radius:18px;padding:32px 36px;max-width:520px;box-shadow:0 8px 40px #101a3c1a}
h1{margin:0 0 8px;font-size:26px}p{margin:0 0 16px;color:#414c72}
label{display:block;border:1px solid #cfd8ee;border-radius:12px;padding:12px 14px;margin:10px 0;cursor:pointer}
small{display:block;color:#8a3b12;margin-left:28px}b+span{color:#414c72}
label:has(:disabled){cursor:default;color:#5b6485}
button{background:#2447d8;color:#fff;border:0;border-radius:12px;padding:12px 22px;font:inherit;font-weight:600}
button[value=cancel]{background:#e5eaf8;color:#101a3c;margin-left:8px}
"""


def consent_view(
    workspace: str, host: str, places: Sequence[str], hidden: Mapping[str, str], language: Language
) -> HTMLResponse:
    """Ask for consent before the service's own dialog; `hidden`: the form's hidden fields."""
    values = {"workspace": workspace, "host": host, "places": ", ".join(places)}
    said = "".join(
        f"<p>{escape(message.with_values(**values).to(language))}</p>"
        for message in (
            Message("choose_accounts.access_request"),
            Message("choose_accounts.access_granted"),
            Message("choose_accounts.trust_sender"),
        )
    )
    fields = "".join(
        f'<input type=hidden name={name} value="{escape(value, quote=True)}">' for name, value in hidden.items()
    )
    buttons = "".join(
        f"<button name=button value={value}>{escape(word.to(language))}</button>"
        for value, word in (
            ("continue", Message("choose_accounts.continue")),
            ("cancel", Message("choose_accounts.cancel")),
        )
    )
    # To its own path without the query, which the hidden fields repeat.
    form = f"<form method=post action='?'>{fields}{buttons}</form>"
    title = Message("choose_accounts.consent", {"workspace": workspace}).to(language)
    return _view(title, said + form, language, forms_lead_elsewhere=True)


def selection_view(connection: Any, ticket: str, language: Language) -> HTMLResponse:
    """Show the check boxes of the groups; `connection`: a ConnectionRead; `ticket`: the form's hidden field."""
    groups = connection.groups
    boxes = "".join(_checkbox(group, checked=len(groups) == 1 and group.choosable) for group in groups)
    notes = "".join(f"<p>{escape(note)}</p>" for note in connection.notes)
    form = (
        f"<form method=post action=/api/v1/connections/chosen>{boxes}"
        f'<input type=hidden name=ticket value="{escape(ticket, quote=True)}">'
        f"<p></p><button>{escape(Message('choose_accounts.connect').to(language))}</button></form>"
    )
    return _view(
        Message("choose_accounts.title").to(language),
        f"<p>{escape(Message('choose_accounts.only_chosen').to(language))}</p>{notes}{form}",
        language,
    )


def connected_view(names: Sequence[str], language: Language) -> HTMLResponse:
    listed = "".join(f"<li>{escape(name)}</li>" for name in names)
    return _view(
        Message("choose_accounts.done").to(language),
        f"<ul>{listed}</ul><p>{escape(Message('choose_accounts.close').to(language))}</p>",
        language,
    )


def failure_view(why: str, language: Language, *, status: int) -> HTMLResponse:
    return _view(Message("choose_accounts.failed").to(language), f"<p>{escape(why)}</p>", language, status=status)


def _checkbox(group: Any, *, checked: bool) -> str:
    lacks = "".join(f"<small>{escape(lack)}</small>" for lack in group.lacks)
    mark = (" checked" if checked else "") + ("" if group.choosable else " disabled")
    value = escape(group.id, quote=True)
    others = escape("".join(f" + @{account.username or account.name}" for account in group.accounts[1:]))
    return (
        f'<label><input type=checkbox name=group_ids value="{value}"{mark}> <b>{escape(group.name)}</b>'
        f"<span>{others}</span>{lacks}</label>"
    )


def _view(
    title: str, body: str, language: Language, *, status: int = 200, forms_lead_elsewhere: bool = False
) -> HTMLResponse:
    back = f"<p><a href=/>{escape(Message('choose_accounts.back').to(language))}</a></p>"
    html = (
        f"<!doctype html><html lang={language}><meta charset=utf-8><meta name=viewport content=width=device-width>"
        f"<title>Araldo: {escape(title)}</title><style>{_STYLE}</style><main><h1>{escape(title)}</h1>{body}{back}"
        "</main></html>"
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": bare_policy(_STYLE, forms_lead_elsewhere=forms_lead_elsewhere),
    }
    return HTMLResponse(html, status_code=status, headers=headers)
