"""Consent to a connection that was begun with an API key: a page that names the workspace, with two buttons.

The browser that consents gets a cookie, and only that browser may finish the log-in.
"""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from araldo.api.auth import require_own_origin
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.login_views import consent_view, failure_view
from araldo.api.problems import language_of
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.errors import Forbidden
from araldo.messages import Language, Message, message_of
from araldo.workspaces import store as workspace_store
from araldo.workspaces.users import csrf_token_of, is_csrf_token_of

router = ResourceRouter(prefix="/api/v1", tags=["accounts"])

_PATH = "/api/v1/accounts/connect"
_COOKIE_LIFETIME_S = 30 * 60


def login_cookie_of(request: Request, deps: AppDependencies, state: str) -> str | None:
    """Return the secret in this browser's cookie for this log-in."""
    return request.cookies.get(_cookie_name(deps, state))


def set_login_cookie(response: Response, deps: AppDependencies, state: str, secret: str) -> None:
    # Lax: sent when the service redirects back here, but not with a form of another site.
    response.set_cookie(
        _cookie_name(deps, state),
        secret,
        max_age=_COOKIE_LIFETIME_S,
        path=_cookie_path(deps),
        secure=deps.site.is_https,
        httponly=True,
        samesite="lax",
    )


def delete_login_cookie(response: Response, deps: AppDependencies, state: str) -> None:
    response.delete_cookie(
        _cookie_name(deps, state),
        path=_cookie_path(deps),
        secure=deps.site.is_https,
        httponly=True,
        samesite="lax",
    )


def _cookie_name(deps: AppDependencies, state: str) -> str:
    """Return a name for each connection, so that two log-ins in one browser do not interfere."""
    return deps.site.cookie_name(f"araldo_login_{state.partition('.')[0]}")


def _cookie_path(deps: AppDependencies) -> str:
    # Browsers accept a `__Host-` cookie only for the path "/".
    return "/" if deps.site.is_https else _PATH


@router.get("/accounts/connect/{service}/consent", include_in_schema=False)
async def ask_consent(service: str, request: Request, deps: DependenciesDep, state: str = "") -> HTMLResponse:
    """Show the consent page. Changes nothing, so that a chat's link preview does not use up the link."""
    language = language_of(request)
    try:
        begun = await deps.connector.find_for_consent(service, state)
    except Forbidden as refused:
        return _failure_response(refused, language)
    workspace = await deps.database.read(lambda transaction: workspace_store.get(transaction, begun.workspace_id))
    secret = login_cookie_of(request, deps, state) or secrets.token_urlsafe(32)
    places = [declared.label for declared in deps.declarations.values() if declared.service == service]
    hidden = {"state": state, "csrf": csrf_token_of(secret)}
    page = consent_view(workspace.name, urlsplit(deps.site.own_url).netloc, places, hidden, language)
    set_login_cookie(page, deps, state, secret)
    return page


class ConsentAnswer(RequestModel):
    """The consent page's form: the connection's state, the CSRF token of its cookie, and the pressed button."""

    state: str = ""
    csrf: str = ""
    button: str = ""


@router.post("/accounts/connect/{service}/consent", include_in_schema=False)
async def answer_consent(
    service: str,
    request: Request,
    deps: DependenciesDep,
    answer: Annotated[ConsentAnswer, Form()],
) -> Response:
    """Redirect to the log-in, or decline. Accepted only from the consent page in the browser that opened it."""
    language = language_of(request)
    secret = login_cookie_of(request, deps, answer.state)
    try:
        require_own_origin(request, deps)
        if secret is None or not is_csrf_token_of(secret, answer.csrf):
            raise Forbidden(Message("consents.form_invalid"), code="csrf")
        if answer.button != "continue":
            declined = await deps.connector.decline(service, answer.state)
            return failure_view(message_of(declined.error or {}).to(language), language, status=200)
        dialog_url = await deps.connector.consent(service, answer.state, secret)
    except Forbidden as refused:
        return _failure_response(refused, language)
    return RedirectResponse(dialog_url, 303, {"Cache-Control": "no-store"})


def _failure_response(refused: Forbidden, language: Language) -> HTMLResponse:
    return failure_view(refused.message.to(language), language, status=403)
