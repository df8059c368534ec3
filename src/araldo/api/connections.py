"""Connect accounts by log-in or by token, and choose the Pages."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from araldo.accounts.connection_store import Connection
from araldo.accounts.health import missing_features_of
from araldo.api.accounts import AccountList, account_read_of
from araldo.api.auth import CallerDep, peer_address
from araldo.api.consents import delete_login_cookie, login_cookie_of, set_login_cookie
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import CleanText, Instant
from araldo.api.login_views import connected_view, failure_view, page_selection_view
from araldo.api.problems import RESPONSES, described_problems, language_of
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.errors import Forbidden, UserError
from araldo.messages import Language, message_of
from araldo.platforms.login import DiscoveredAccount

router = ResourceRouter(prefix="/api/v1", tags=["accounts"], responses=RESPONSES)


class ConnectRequest(RequestModel):
    """`user_token`: a user, system-user or Page token; with it no log-in is needed."""

    user_token: Annotated[CleanText, Field(max_length=4_000)] | None = None


class FoundPage(BaseModel):
    """`lacks`: a message for each thing that will not work. `choosable`: false when the Page cannot be connected."""

    page_id: str
    name: str
    instagram: str | None
    platforms: list[str]
    lacks: list[str]
    choosable: bool


class ConnectionRead(BaseModel):
    """`status`: begun (log-in not finished), pending (choose before `expires_at`), done, failed, expired.

    `dialog_url`: where to consent and log in, in one browser; only in the response that begins the connection.
    `complete`: false when not everything could be listed; `notes` say why.
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
    """The form of the page selection; without a checked box there are no `page_ids`."""

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
    """Begin a connection: returns where to log in or, with a token, the Pages found with it.

    The log-in works in one browser only: the one whose session began it, else the first that consents at `dialog_url`.
    """
    workspace_id = caller.workspace.id
    if body is not None and body.user_token is not None:
        made = await deps.connector.connect_with_token("meta", body.user_token.strip(), workspace_id, caller)
        return _read_model_of(deps, made, language_of(request))
    # The cookie only works when this host is the one that the log-in redirects to.
    here = caller.session_id is not None and deps.site.is_own_host(request.headers.get("host", ""))
    browser = secrets.token_urlsafe(32) if here else None
    begun, url = await deps.connector.start_login("meta", workspace_id, caller, browser)
    if browser is not None:
        set_login_cookie(response, deps, begun.id, browser)
    return _read_model_of(deps, begun, language_of(request), dialog_url=url)


@router.get("/connections/{connection_id}", operation_id="get_connection")
async def get_connection(
    connection_id: str, request: Request, deps: DependenciesDep, caller: CallerDep
) -> ConnectionRead:
    return _read_model_of(deps, await deps.connector.get(caller.workspace.id, connection_id), language_of(request))


@router.post("/connections/{connection_id}/choose", operation_id="choose_pages")
async def choose_pages(
    connection_id: str, body: ChoosePages, request: Request, deps: DependenciesDep, caller: CallerDep
) -> AccountList:
    """Connect the chosen Pages and their Instagram accounts, and no others."""
    accounts = await deps.connector.connect_chosen(caller.workspace.id, connection_id, body.page_ids)
    deps.post_creator.nudge()
    return AccountList(data=[account_read_of(deps, account, language_of(request)) for account in accounts])


@router.get("/accounts/connect/{service}/callback", include_in_schema=False)
async def come_back(
    service: str,
    request: Request,
    deps: DependenciesDep,
    state: str = "",
    code: str | None = None,
) -> Response:
    """Handle the service's redirect after the log-in. The state is signed, valid once, and bound to one browser.

    A log-in begun in the studio continues there; one begun with an API key continues on a page that needs no session.
    """
    language = language_of(request)
    try:
        connection = await deps.connector.complete_login(service, state, code, login_cookie_of(request, deps, state))
    except Forbidden as refused:
        return failure_view(refused.message.to(language), language, status=403)
    came_back = _after_log_in(deps, connection, language)
    delete_login_cookie(came_back, deps, state)
    return came_back


def _after_log_in(deps: AppDependencies, connection: Connection, language: Language) -> Response:
    if connection.session_id is not None:
        return RedirectResponse(f"/accounts/connect/{connection.id}", 303, {"Cache-Control": "no-store"})
    shown = _read_model_of(deps, connection, language)
    if shown.error is not None:
        return failure_view(shown.error, language, status=200)
    return page_selection_view(shown, deps.connector.choice_ticket_of(connection), language)


@router.post("/connections/chosen", include_in_schema=False)
async def chosen(
    request: Request,
    deps: DependenciesDep,
    form: Annotated[ChosenPagesForm, Form()],
) -> HTMLResponse:
    """Handle the form of the page selection. Its ticket is signed, and a connection allows one selection."""
    language = language_of(request)
    try:
        accounts = await deps.connector.connect_chosen_by_ticket(
            form.ticket, form.page_ids, address=peer_address(request)
        )
    except UserError as refused:
        return failure_view(refused.message.to(language), language, status=refused.status)
    deps.post_creator.nudge()
    return connected_view([account.name for account in accounts], language)


def _read_model_of(
    deps: AppDependencies, connection: Connection, language: Language, *, dialog_url: str | None = None
) -> ConnectionRead:
    by_page: dict[str, list[DiscoveredAccount]] = {}
    for account in deps.connector.discovered_accounts(connection):
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
        lacks=[message.to(language) for message in missing_features_of(places, declarations)],
        choosable=page.refusal is None,
    )
