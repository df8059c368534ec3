"""The instance's pages: the authorization dialog, profiles, single statuses, and the files of media."""

from __future__ import annotations

from html import escape
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from araldo.sandbox.common import html_helpers as html
from araldo.sandbox.mastodon import oauth
from araldo.sandbox.mastodon.entities import EXTENSIONS, media_url
from araldo.sandbox.mastodon.records import Account, App, Status
from araldo.sandbox.mastodon.state import OUT_OF_BAND, MastodonState
from araldo.sandbox.mastodon.texts import translate

_READ = ["GET", "HEAD"]
_ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
_OPEN = frozenset({"public", "unlisted"})
_TYPES = {extension: content_type for content_type, extension in EXTENSIONS.items()}


def router(state: MastodonState) -> APIRouter:
    """Return the routes of the pages."""
    routes = APIRouter(include_in_schema=False)
    _add_dialog(routes, state)
    _add_viewer(routes, state)
    _add_files(routes, state)
    return routes


def _add_dialog(routes: APIRouter, state: MastodonState) -> None:
    """`GET /oauth/authorize` shows the dialog (content/en/methods/oauth.md), its buttons POST."""

    @routes.get("/oauth/authorize")
    async def show_dialog(request: Request) -> Response:
        asked = {name: request.query_params.get(name, "") for name in _ASKED}
        lang = html.choose_language(request)
        app = state.apps.get(asked["client_id"])
        problem = oauth.find_dialog_error(app, asked)
        if app is None or problem is not None:
            return _refuse(lang, asked, *(problem or ("invalid_client", False)))
        return _sheet(lang, _form(lang, state, app, asked))

    @routes.post("/oauth/authorize")
    async def answer(
        request: Request, button: Annotated[str, Form()] = "", account: Annotated[str, Form()] = ""
    ) -> Response:
        form = await request.form()
        asked = {name: str(form.get(name, "")) for name in _ASKED}
        lang = html.choose_language(request)
        app = state.apps.get(asked["client_id"])
        problem = oauth.find_dialog_error(app, asked)
        if app is None or problem is not None:
            return _refuse(lang, asked, *(problem or ("invalid_client", False)))
        owner = state.accounts.get(account) or next(iter(state.accounts))
        if button != "allow":
            return _refuse(lang, asked, "access_denied", True)
        grant = oauth.make_grant(state, app, owner.id, asked)
        if asked["redirect_uri"] == OUT_OF_BAND:
            heading, hint = translate(lang, "code"), translate(lang, "copy")
            return _sheet(lang, f"<h1>{heading}</h1><p>{hint}</p><code>{escape(grant.id)}</code>")
        return _back(asked, {"code": grant.id})


def _add_viewer(routes: APIRouter, state: MastodonState) -> None:
    @routes.api_route("/@{username}", methods=_READ)
    async def profile(request: Request, username: str) -> Response:
        lang, account = html.choose_language(request), state.find_account(username)
        if account is None:
            return _gone(lang)
        shown = [_article(lang, state, status) for status in state.statuses if _is_shown(status, account)]
        statuses = "".join(reversed(shown)) or f'<p class="empty">{translate(lang, "no posts")}</p>'
        who = f"<div><h2>{escape(account.display_name)}</h2><small>@{escape(username)}@{state.domain}</small></div>"
        heading = f'<div class="profile"><div class="who">{_avatar(account)}{who}</div></div>'
        return _page(lang, account.display_name, f'<section class="place one">{heading}{statuses}</section>')

    @routes.api_route("/@{username}/{name}", methods=_READ)
    async def status(request: Request, username: str, name: str) -> Response:
        lang, account, found = html.choose_language(request), state.find_account(username), state.statuses.get(name)
        if account is None or found is None or found.account != account.id or found.visibility not in _OPEN:
            return _gone(lang)
        return _page(lang, account.display_name, f'<div class="one">{_article(lang, state, found)}</div>')


def _add_files(routes: APIRouter, state: MastodonState) -> None:
    @routes.api_route("/system/media_attachments/files/{size}/{name}.{extension}", methods=_READ)
    async def file(size: str, name: str, extension: str) -> Response:
        data = state.disk.picture(f"mastodon_{name}")
        if data is None:
            return Response("no such file", 404)
        return Response(data, media_type=_TYPES.get(extension, "application/octet-stream"))

    @routes.api_route("/system/accounts/avatars/{name}.svg", methods=_READ)
    async def avatar(name: str) -> Response:
        account = state.accounts.get(name)
        if account is None:
            return Response("no such file", 404)
        return Response(html.avatar_svg(account.display_name), media_type="image/svg+xml")


def _is_shown(status: Status, account: Account) -> bool:
    return status.account == account.id and status.visibility in _OPEN


def _article(lang: str, state: MastodonState, status: Status) -> str:
    account = state.accounts[status.account]
    media = [found for found in map(state.media.get, status.media) if found is not None]
    by = f"<div><strong>{escape(account.display_name)}</strong>{html.time_html(lang, status.created)}</div>"
    pictures = "".join(
        html.image_html(urlsplit(media_url(state, found, "original")).path, found.description or "") for found in media
    )
    many = f"{' many' if len(media) > 1 else ''}{' odd' if len(media) % 2 and len(media) > 1 else ''}"
    below = html.text_html(status.text) + (f'<div class="photos{many}">{pictures}</div>' if media else "")
    if status.spoiler_text:
        warning = f"{translate(lang, 'warning')}: {escape(status.spoiler_text)}"
        below = f'<details><summary class="words">{warning}</summary>{below}</details>'
    path = f"/@{account.username}/{status.id}"
    opened = f'<a class="open" href="{escape(path)}">{escape(state.public_url + path)}</a>'
    heading = f'<div class="by">{_avatar(account)}{by}</div>'
    return f'<article lang="{escape(status.language)}">{heading}{below}{opened}</article>'


def _avatar(account: Account) -> str:
    return f'<img class="face" src="/system/accounts/avatars/{escape(account.id)}.svg" alt="">'


def _form(lang: str, state: MastodonState, app: App, asked: dict[str, str]) -> str:
    hidden = "".join(f'<input type=hidden name={name} value="{escape(value)}">' for name, value in asked.items())
    accounts = "".join(
        f'<label><input type=radio name=account value="{account.id}"{" checked" if index == 0 else ""}>'
        f"{_avatar(account)}@{escape(account.username)}</label>"
        for index, account in enumerate(state.accounts)
    )
    scopes = "".join(f"<p>{escape(scope)}</p>" for scope in (asked["scope"] or "read").split())
    asks = translate(lang, "asks", app=app.name, account=f"@{state.domain}")
    return (
        f"<h1>{translate(lang, 'log in')}</h1><p>{asks}</p>"
        f'<form method="post" action="/oauth/authorize">{hidden}'
        f"<fieldset><legend>{translate(lang, 'which account')}</legend>{accounts}</fieldset>"
        f"<fieldset><legend>{translate(lang, 'what may it')}</legend>{scopes}</fieldset>"
        f'<div class="keys"><button name="button" value="deny">{translate(lang, "deny")}</button>'
        f'<button name="button" value="allow">{translate(lang, "authorize")}</button></div></form>'
    )


def _refuse(lang: str, asked: dict[str, str], code: str, may_redirect: bool) -> Response:
    """Redirect with the error, or show it where the redirect_uri cannot be trusted or is none."""
    if may_redirect and asked["redirect_uri"] != OUT_OF_BAND:
        return _back(asked, {"error": code, "error_description": oauth.describe(code)})
    body = f"<h1>{translate(lang, 'invalid')}</h1><p>{escape(oauth.describe(code))}</p>"
    return _sheet(lang, body, 401 if code == "invalid_client" else 400)


def _back(asked: dict[str, str], given: dict[str, str]) -> Response:
    state = {"state": asked["state"]} if asked["state"] else {}
    joint = "&" if urlsplit(asked["redirect_uri"]).query else "?"
    return RedirectResponse(f"{asked['redirect_uri']}{joint}{urlencode(given | state)}", status_code=302)


def _sheet(lang: str, body: str, status: int = 200) -> Response:
    page = f'<main><div class="sheet">{body}</div></main>'
    return HTMLResponse(html.html_document(lang, translate(lang, "log in"), page, kind="narrow"), status)


def _page(lang: str, title: str, body: str) -> Response:
    return HTMLResponse(html.html_document(lang, title, f"<main>{body}</main>"))


def _gone(lang: str) -> Response:
    return _sheet(lang, f"<h1>{translate(lang, 'gone')}</h1>", 404)
