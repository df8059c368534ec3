"""The OAuth dialog as a clickable page: choose Pages and permissions, or cancel."""

from __future__ import annotations

import secrets
from html import escape
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from araldo.sandbox.common import html_helpers as html
from araldo.sandbox.meta import world
from araldo.sandbox.meta.records import App, Code
from araldo.sandbox.meta.state import MetaState
from araldo.sandbox.meta.texts import translate

# Permissions that Meta has removed; asking for one makes the request invalid.
_REMOVED_SCOPES = frozenset({"manage_pages", "publish_pages", "publish_actions", "publish_to_groups", "basic_info"})


def router(state: MetaState) -> APIRouter:
    """Return the routes: GET shows the dialog, its buttons POST; with and without a version in the path."""
    dialog = APIRouter()

    @dialog.get("/dialog/oauth")
    @dialog.get("/{version}/dialog/oauth")
    async def show_dialog(
        request: Request,
        client_id: str = "",
        redirect_uri: str = "",
        state_: Annotated[str, Query(alias="state")] = "",
        scope: str = "",
        config_id: str = "",
    ) -> Response:
        lang = html.choose_language(request)
        app = state.apps.get(client_id)
        scopes = _scopes(scope, config_id)
        problem = _problem(lang, app, redirect_uri, scopes)
        if app is None or problem is not None:
            return _refused(lang, problem or "")
        return _page(lang, _form(lang, state, app, redirect_uri, state_, scopes))

    @dialog.post("/dialog/oauth")
    @dialog.post("/{version}/dialog/oauth")
    async def answer(
        request: Request,
        client_id: Annotated[str, Form()] = "",
        redirect_uri: Annotated[str, Form()] = "",
        button: Annotated[str, Form()] = "",
        state_: Annotated[str, Form(alias="state")] = "",
        asked: Annotated[str, Form()] = "",
        scopes: Annotated[list[str] | None, Form()] = None,
        pages: Annotated[list[str] | None, Form()] = None,
    ) -> Response:
        lang = html.choose_language(request)
        app = state.apps.get(client_id)
        problem = _problem(lang, app, redirect_uri, [])
        if app is None or problem is not None:
            return _refused(lang, problem or "")
        if button != "allow":
            return _back(redirect_uri, _DENIED | {"state": state_})
        code = _code(state, app, redirect_uri, asked.split(","), scopes or [], pages or [])
        fragment = "#_=_" if state.switches.redirect_fragment else ""
        return _back(redirect_uri, {"code": code.id, "state": state_}, fragment)

    return dialog


# graph-api.md 1.1: how a refusal comes back.
_DENIED = {
    "error": "access_denied",
    "error_code": "200",
    "error_description": "Permissions error",
    "error_reason": "user_denied",
}


def _scopes(scope: str, config_id: str) -> list[str]:
    """Return the requested scopes, each once; a config_id (Facebook Login for Business) means all known scopes."""
    asked = [permission for permission in scope.replace(" ", ",").split(",") if permission]
    return list(dict.fromkeys(asked or (world.ALL_SCOPES if config_id else ["public_profile"])))


def _code(
    state: MetaState, app: App, redirect_uri: str, asked: list[str], granted: list[str], pages: list[str]
) -> Code:
    """Create an authorization code; choosing all Pages grants future ones too."""
    code = Code(
        secrets.token_urlsafe(32),
        app.id,
        next(user.id for user in state.users if not user.system),
        redirect_uri,
        state.now(),
        [permission for permission in granted if permission in asked],
        [permission for permission in asked if permission and permission not in granted],
        None if set(pages) >= {page.id for page in state.pages} else pages,
    )
    state.codes.save(code)
    state.commit()
    return code


def _problem(lang: str, app: App | None, redirect_uri: str, scopes: list[str]) -> str | None:
    """Return why the request is invalid, None when it is valid; must not redirect to an invalid URL (open redirect)."""
    if app is None:
        return translate(lang, "no app")
    try:
        parts = urlsplit(redirect_uri)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return translate(lang, "no address")
    dead = [scope for scope in scopes if scope in _REMOVED_SCOPES]
    return translate(lang, "dead scopes", scopes=", ".join(dead)) if dead else None


def _form(lang: str, state: MetaState, app: App, redirect_uri: str, given: str, scopes: list[str]) -> str:
    person = next(user for user in state.users if not user.system)
    kept = {"client_id": app.id, "redirect_uri": redirect_uri, "state": given, "asked": ",".join(scopes)}
    hidden = "".join(f'<input type=hidden name={name} value="{escape(value)}">' for name, value in kept.items())
    asks = translate(lang, "asks", app=app.name, person=person.name)
    pages = "".join(_box("pages", page.id, html.avatar_html(page.id) + escape(page.name)) for page in state.pages)
    permissions = "".join(_box("scopes", scope, escape(scope)) for scope in scopes)
    return (
        f'<div class="who">{html.avatar_html(person.id)}'
        f"<div><h1>{translate(lang, 'log in')}</h1><p>{asks}</p></div></div>"
        f'<form method="post">{hidden}{_group(translate(lang, "which pages"), pages)}'
        f"{_group(translate(lang, 'what may it'), permissions)}"
        f'<div class="keys"><button name="button" value="cancel">{translate(lang, "cancel")}</button>'
        f'<button name="button" value="allow">{translate(lang, "continue")}</button></div></form>'
    )


def _group(title: str, boxes: str) -> str:
    return f"<fieldset><legend>{title}</legend>{boxes}</fieldset>"


def _box(name: str, value: str, label: str) -> str:
    return f'<label><input type=checkbox name={name} value="{escape(value)}" checked>{label}</label>'


def _back(redirect_uri: str, given: dict[str, str], fragment: str = "") -> Response:
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return RedirectResponse(f"{redirect_uri}{joint}{urlencode(given)}{fragment}", status_code=302)


def _refused(lang: str, problem: str) -> Response:
    return _page(lang, f"<h1>{translate(lang, 'invalid')}</h1><p>{problem}</p>", status=400)


def _page(lang: str, body: str, *, status: int = 200) -> Response:
    title = translate(lang, "log in")
    page = html.html_document(lang, title, f'<main><div class="sheet">{body}</div></main>', kind="narrow")
    return HTMLResponse(page, status_code=status)
