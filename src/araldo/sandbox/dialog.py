"""The OAuth dialog as a page one can click through: which Pages, which permissions, or not at all."""

from __future__ import annotations

import secrets
from html import escape
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from araldo.sandbox import world
from araldo.sandbox.records import App, Code
from araldo.sandbox.state import State

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;background:#eef1f6;margin:0;display:grid;place-items:center;min-height:100vh}
main{background:#fff;border-radius:14px;padding:28px 32px;max-width:460px;box-shadow:0 6px 30px #0002}
h1{font-size:21px;margin:0 0 4px}h2{font-size:14px;color:#666;margin:18px 0 4px}label{display:block;padding:4px 0}
button{border:0;border-radius:8px;padding:10px 18px;font:inherit;margin:18px 8px 0 0;background:#e4e6eb}
button[value=allow]{background:#1665d8;color:#fff}
"""

# graph-api.md 1.1: how a refusal comes back.
_DENIED = {
    "error": "access_denied",
    "error_code": "200",
    "error_description": "Permissions error",
    "error_reason": "user_denied",
}


def router(state: State) -> APIRouter:
    """GET shows the dialog, POST is what its buttons send; with and without a version in the path."""
    dialog = APIRouter()

    @dialog.get("/dialog/oauth")
    @dialog.get("/{version}/dialog/oauth")
    async def ask(
        client_id: str = "",
        redirect_uri: str = "",
        state_: Annotated[str, Query(alias="state")] = "",
        scope: str = "",
        config_id: str = "",
    ) -> Response:
        app = state.apps.get(client_id)
        problem = _problem(app, redirect_uri)
        if app is None or problem is not None:
            return _page("Invalid request", f"<p>{escape(problem or '')}</p>", status=400)
        form = _form(state, app, redirect_uri, state_, _asked_for(scope, config_id))
        return _page("Log in with the sandbox", form)

    @dialog.post("/dialog/oauth")
    @dialog.post("/{version}/dialog/oauth")
    async def answer(
        client_id: Annotated[str, Form()],
        redirect_uri: Annotated[str, Form()],
        button: Annotated[str, Form()],
        state_: Annotated[str, Form(alias="state")] = "",
        asked: Annotated[str, Form()] = "",
        scopes: Annotated[list[str] | None, Form()] = None,
        pages: Annotated[list[str] | None, Form()] = None,
    ) -> Response:
        app = state.apps.get(client_id)
        problem = _problem(app, redirect_uri)
        if app is None or problem is not None:
            return _page("Invalid request", f"<p>{escape(problem or '')}</p>", status=400)
        if button != "allow":
            return _back(redirect_uri, _DENIED | {"state": state_})
        granted = scopes or []
        declined = [one for one in asked.split(",") if one and one not in granted]
        targets = None if pages is not None and len(pages) == len(list(state.pages)) else pages or []
        code = Code(
            secrets.token_urlsafe(32),
            app.id,
            next(user.id for user in state.users if not user.system),
            redirect_uri,
            state.now(),
            granted,
            declined,
            targets,
        )
        state.codes.save(code)
        state.commit()
        return _back(redirect_uri, {"code": code.id, "state": state_})

    return dialog


def _asked_for(scope: str, config_id: str) -> list[str]:
    """With Facebook Login for Business the app's settings say it, and not the address (graph-api.md 1.1)."""
    scopes = [one for one in scope.replace(" ", ",").split(",") if one]
    return scopes or (list(world.ALL_SCOPES) if config_id else ["public_profile"])


def _problem(app: App | None, redirect_uri: str) -> str | None:
    """Why nobody is led anywhere; a redirect to an address that is none would be an open door."""
    if app is None:
        return "Invalid App ID: the provided app ID does not look like a valid app ID."
    parts = urlsplit(redirect_uri)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "The redirect_uri URL must be absolute."
    return None


def _form(state: State, app: App, redirect_uri: str, given: str, scopes: list[str]) -> str:
    person = next(user for user in state.users if not user.system)
    kept = {"client_id": app.id, "redirect_uri": redirect_uri, "state": given, "asked": ",".join(scopes)}
    hidden = "".join(
        f'<input type=hidden name={name} value="{escape(value, quote=True)}">' for name, value in kept.items()
    )
    pages = "".join(_box("pages", page.id, page.name) for page in state.pages)
    permissions = "".join(_box("scopes", scope, scope) for scope in scopes)
    return (
        f"<p>{escape(app.name)} asks {escape(person.name)} for access.</p><form method=post>{hidden}"
        f"<h2>Pages</h2>{pages}<h2>Permissions</h2>{permissions}"
        "<button name=button value=allow>Continue</button><button name=button value=cancel>Cancel</button></form>"
    )


def _box(name: str, value: str, label: str) -> str:
    return (
        f'<label><input type=checkbox name={name} value="{escape(value, quote=True)}" checked> {escape(label)}</label>'
    )


def _back(redirect_uri: str, given: dict[str, str]) -> Response:
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return RedirectResponse(f"{redirect_uri}{joint}{urlencode(given)}", status_code=302)


def _page(title: str, body: str, *, status: int = 200) -> Response:
    html = f"<!doctype html><meta charset=utf-8><title>{escape(title)}</title><style>{_STYLE}</style>"
    return HTMLResponse(f"{html}<main><h1>{escape(title)}</h1>{body}</main>", status_code=status)
