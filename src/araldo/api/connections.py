"""Connecting by log-in or by token, and choosing the Pages; the log-in leads back to where it was begun."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from araldo.accounts.connection_store import Connection
from araldo.accounts.health import lacks_of
from araldo.api.accounts import AccountList, read_account
from araldo.api.auth import CallerDep, peer_address
from araldo.api.consents import delete_login_cookie, login_cookie_of, set_login_cookie
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import CleanText, Instant
from araldo.api.login_views import connected_view, failure_view, page_selection_view
from araldo.api.problems import RESPONSES, described_problems, language_of
from araldo.api.requests import RequestModel
from araldo.errors import Forbidden, UserError
from araldo.messages import Language, message_of
from araldo.platforms.login import DiscoveredAccount

router = APIRouter(prefix="/api/v1", tags=["accounts"], responses=RESPONSES)


class ConnectRequest(RequestModel):
    """With `user_token` nobody has to log in; any kind of token is understood."""

    user_token: Annotated[CleanText, Field(max_length=4_000)] | None = None


class FoundPage(BaseModel):
    """`lacks`: what it will not do as it is, a message each. `choosable`: false where choosing it is refused."""

    page_id: str
    name: str
    instagram: str | None
    platforms: list[str]
    lacks: list[str]
    choosable: bool


class ConnectionRead(BaseModel):
    """`status`: begun (nobody has come back), pending (choose before `expires_at`), done, failed, expired.

    `dialog_url` is where a person consents and logs in, in one browser; only in the answer that begins.
    `complete`: false where not everything could be listed; `notes` say why.
    """

    id: str
    service: str
    status: str
    dialog_url: str | None = None
    pages: list[FoundPage]
    complete: bool
    notes: list[str]
    error: str | None
    expires_at: Instant


class ChoosePages(RequestModel):
    page_ids: Annotated[list[CleanText], Field(max_length=5_000)]


class ChosenPagesForm(RequestModel):
    """What the page of check boxes sends: none chosen sends no `page_ids`."""

    ticket: str = ""
    page_ids: list[str] = []


@router.post(
    "/accounts/connect/meta",
    operation_id="connect_meta",
    status_code=201,
    responses=described_problems({502: "Refused by the service"}),
)
async def connect_meta(
    request: Request, response: Response, deps: DependenciesDep, caller: CallerDep, body: ConnectRequest | None = None
) -> ConnectionRead:
    """Begin: answers where to log in, or, given a token, what it opens.

    The log-in is good in one browser: the one whose session began it, else the first that consents at `dialog_url`.
    """
    workspace_id = caller.workspace.id
    if body is not None and body.user_token is not None:
        made = await deps.connector.paste("meta", body.user_token.strip(), workspace_id, caller)
        return _read(deps, made, language_of(request))
    # A cookie that is set under another name than the log-in leads back to would not come along.
    here = caller.session_id is not None and deps.site.is_own_host(request.headers.get("host", ""))
    browser = secrets.token_urlsafe(32) if here else None
    begun, url = await deps.connector.begin("meta", workspace_id, caller, browser)
    if browser is not None:
        set_login_cookie(response, deps, begun.id, browser)
    return _read(deps, begun, language_of(request), dialog_url=url)


@router.get("/connections/{connection_id}", operation_id="get_connection")
async def get_connection(
    connection_id: str, request: Request, deps: DependenciesDep, caller: CallerDep
) -> ConnectionRead:
    return _read(deps, await deps.connector.get(caller.workspace.id, connection_id), language_of(request))


@router.post("/connections/{connection_id}/choose", operation_id="choose_pages")
async def choose_pages(
    connection_id: str, body: ChoosePages, request: Request, deps: DependenciesDep, caller: CallerDep
) -> AccountList:
    """The Pages chosen are connected, with their Instagram accounts; no others."""
    accounts = await deps.connector.choose(caller.workspace.id, connection_id, body.page_ids)
    deps.post_creator.nudge()
    return AccountList(data=[read_account(deps, account, language_of(request)) for account in accounts])


@router.get("/accounts/connect/{service}/callback", include_in_schema=False)
async def come_back(
    service: str,
    request: Request,
    deps: DependenciesDep,
    state: str = "",
    code: str | None = None,
) -> Response:
    """Open to the browser that the state belongs to; it is signed and good once.

    Who began it in the studio goes on there, where the session shows what was found; who began it with a key, on a page
    that needs neither.
    """
    language = language_of(request)
    try:
        connection = await deps.connector.come_back(service, state, code, login_cookie_of(request, deps, state))
    except Forbidden as refused:
        return failure_view(refused.message.to(language), language, status=403)
    came_back = _after_log_in(deps, connection, language)
    delete_login_cookie(came_back, deps, state)
    return came_back


def _after_log_in(deps: AppDependencies, connection: Connection, language: Language) -> Response:
    if connection.session_id is not None:
        return RedirectResponse(f"/accounts/connect/{connection.id}", 303, {"Cache-Control": "no-store"})
    shown = _read(deps, connection, language)
    if shown.error is not None:
        return failure_view(shown.error, language, status=200)
    return page_selection_view(shown, deps.connector.ticket_of(connection), language)


@router.post("/connections/chosen", include_in_schema=False)
async def chosen(
    request: Request,
    deps: DependenciesDep,
    form: Annotated[ChosenPagesForm, Form()],
) -> HTMLResponse:
    """What the page of check boxes sends; its ticket is signed, and the connection is good for one choice."""
    language = language_of(request)
    try:
        accounts = await deps.connector.choose_by_ticket(form.ticket, form.page_ids, address=peer_address(request))
    except UserError as refused:
        return failure_view(refused.message.to(language), language, status=refused.status)
    deps.post_creator.nudge()
    return connected_view([account.name for account in accounts], language)


def _read(
    deps: AppDependencies, connection: Connection, language: Language, *, dialog_url: str | None = None
) -> ConnectionRead:
    by_page: dict[str, list[DiscoveredAccount]] = {}
    for account in deps.connector.found_in(connection):
        by_page.setdefault(account.page_id, []).append(account)
    return ConnectionRead(
        id=connection.id,
        service=connection.service,
        status=connection.status,
        dialog_url=dialog_url,
        pages=[_found_page(deps, places, language) for places in by_page.values()],
        complete=connection.complete,
        notes=[message_of(note).to(language) for note in connection.notes or []],
        error=None if connection.error is None else message_of(connection.error).to(language),
        expires_at=connection.expires_at,
    )


def _found_page(deps: AppDependencies, places: list[DiscoveredAccount], language: Language) -> FoundPage:
    page, kinds = places[0], {place.kind for place in places}
    declarations = list(deps.declarations.values())
    return FoundPage(
        page_id=page.page_id,
        name=page.name,
        instagram=next((place.username or place.name for place in places[1:]), None),
        platforms=[declared.name for declared in declarations if declared.account_kind in kinds],
        lacks=[message.to(language) for message in lacks_of(places, declarations)],
        choosable=page.refusal is None,
    )
