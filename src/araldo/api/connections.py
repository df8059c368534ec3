"""Connect accounts: what can be connected, by log-in or form, and the choice among the accounts found."""

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
from araldo.api.login_views import connected_view, failure_view, selection_view
from araldo.api.problems import RESPONSES, described_problems, language_of
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.errors import Forbidden, UserError
from araldo.messages import Language, message_of
from araldo.platforms.service import AccountGroup, ConnectMethod, ServiceDeclaration

router = ResourceRouter(prefix="/api/v1", tags=["accounts"], responses=RESPONSES)


Name = Annotated[CleanText, Field(max_length=40)]


class FieldRead(BaseModel):
    """One field to ask for. `type`: `text`, `url`, or `secret`, which is not to be shown while it is typed."""

    name: str
    label: str
    type: str
    required: bool
    help: str | None
    placeholder: str
    default: str
    length_max: int


class MethodRead(BaseModel):
    """`label`: of the button. `kind`: `oauth` leads to a log-in at the service, after its `fields`; `form` to no other
    page.
    """

    name: str
    kind: str
    title: str
    label: str
    help: str | None
    fields: list[FieldRead]


class ServiceRead(BaseModel):
    """`methods`: the first is suggested. `platforms`: where its accounts can publish."""

    name: str
    label: str
    platforms: list[str]
    methods: list[MethodRead]


class ServiceList(BaseModel):
    data: list[ServiceRead]


class ConnectRequest(RequestModel):
    """`method`: one of the service's, else the one it suggests. `answers`: to the method's fields, by their names."""

    service: Name
    method: Name | None = None
    answers: Annotated[dict[Name, Annotated[CleanText, Field(max_length=8_000)]], Field(max_length=20)] = {}


class FoundAccount(BaseModel):
    kind: str
    remote_id: str
    name: str
    username: str | None
    platforms: list[str]


class FoundGroup(BaseModel):
    """Accounts that are connected together, such as a Page and its Instagram account.

    `lacks`: a message for each thing that will not work. `choosable`: false when they cannot be connected.
    """

    id: str
    name: str
    accounts: list[FoundAccount]
    platforms: list[str]
    lacks: list[str]
    choosable: bool


class ConnectionRead(BaseModel):
    """`status`: begun (log-in not finished), pending (choose before `expires_at`), done, failed, expired.

    `login_url`: where to consent and log in, in one browser; only in the response that begins the connection.
    `complete`: false when not everything could be listed; `notes` say why.
    """

    id: str
    service: str
    method: str
    status: str
    login_url: str | None = None
    groups: list[FoundGroup]
    complete: bool
    notes: list[str]
    error: str | None
    expires_at: Instant


class ChooseGroups(RequestModel):
    group_ids: Annotated[list[CleanText], Field(max_length=5_000)]


class ChosenGroupsForm(RequestModel):
    """The form of the selection; without a checked box there are no `group_ids`."""

    ticket: str = ""
    group_ids: list[str] = []


@router.get("/services", operation_id="list_services")
async def list_services(request: Request, deps: DependenciesDep, caller: CallerDep) -> ServiceList:
    """List the services that accounts can be connected of, and how; texts are in the request's language."""
    language = language_of(request)
    return ServiceList(
        data=[_service_read_of(service.declaration, deps, language) for service in deps.connector.services]
    )


@router.post(
    "/connections",
    operation_id="begin_connection",
    status_code=201,
    responses=described_problems({404: "No such service or method", 502: "Refused by the service"}),
)
async def begin_connection(
    body: ConnectRequest, request: Request, response: Response, deps: DependenciesDep, caller: CallerDep
) -> ConnectionRead:
    """Begin a connection: returns where to log in or, by a method of kind `form`, the accounts found.

    The log-in works in one browser only: the one whose session began it, else the first that consents at `login_url`.
    """
    # The cookie only works when this host is the one that the log-in redirects to.
    here = caller.session_id is not None and deps.site.is_own_host(request.headers.get("host", ""))
    browser = secrets.token_urlsafe(32) if here else None
    begun, url = await deps.connector.begin(
        body.service, body.method, body.answers, caller.workspace.id, caller, browser
    )
    if browser is not None and url is not None:
        set_login_cookie(response, deps, begun.id, browser)
    return _read_model_of(deps, begun, language_of(request), login_url=url)


@router.get("/connections/{connection_id}", operation_id="get_connection")
async def get_connection(
    connection_id: str, request: Request, deps: DependenciesDep, caller: CallerDep
) -> ConnectionRead:
    return _read_model_of(deps, await deps.connector.get(caller.workspace.id, connection_id), language_of(request))


@router.post("/connections/{connection_id}/choose", operation_id="choose_accounts")
async def choose_accounts(
    connection_id: str, body: ChooseGroups, request: Request, deps: DependenciesDep, caller: CallerDep
) -> AccountList:
    """Connect the accounts of the chosen groups, and no others."""
    accounts = await deps.connector.connect_chosen(caller.workspace.id, connection_id, body.group_ids)
    deps.post_creator.nudge()
    return AccountList(data=[account_read_of(deps, account, language_of(request)) for account in accounts])


@router.get("/accounts/connect/{service}/callback", include_in_schema=False)
async def come_back(
    service: str,
    request: Request,
    deps: DependenciesDep,
    state: str = "",
) -> Response:
    """Handle the service's redirect after the log-in. The state is signed, valid once, and bound to one browser.

    A log-in begun in the studio continues there; one begun with an API key continues on a page that needs no session.
    """
    language, query = language_of(request), dict(request.query_params)
    try:
        connection = await deps.connector.complete_login(service, state, query, login_cookie_of(request, deps, state))
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
    return selection_view(shown, deps.connector.choice_ticket_of(connection), language)


@router.post("/connections/chosen", include_in_schema=False)
async def chosen(
    request: Request,
    deps: DependenciesDep,
    form: Annotated[ChosenGroupsForm, Form()],
) -> HTMLResponse:
    """Handle the form of the page selection. Its ticket is signed, and a connection allows one selection."""
    language = language_of(request)
    try:
        accounts = await deps.connector.connect_chosen_by_ticket(
            form.ticket, form.group_ids, address=peer_address(request)
        )
    except UserError as refused:
        return failure_view(refused.message.to(language), language, status=refused.status)
    deps.post_creator.nudge()
    return connected_view([account.name for account in accounts], language)


def _service_read_of(declared: ServiceDeclaration, deps: AppDependencies, language: Language) -> ServiceRead:
    platforms = [name for name, platform in deps.declarations.items() if platform.service == declared.name]
    methods = [_method_read_of(method, language) for method in declared.methods]
    return ServiceRead(name=declared.name, label=declared.label, platforms=platforms, methods=methods)


def _method_read_of(method: ConnectMethod, language: Language) -> MethodRead:
    fields = [
        FieldRead(
            name=field.name,
            label=field.label.to(language),
            type=field.type,
            required=field.required,
            help=None if field.help is None else field.help.to(language),
            placeholder=field.placeholder,
            default=field.default,
            length_max=field.length_max,
        )
        for field in method.fields
    ]
    explained = None if method.help is None else method.help.to(language)
    return MethodRead(
        name=method.name,
        kind=method.kind,
        title=method.title.to(language),
        label=method.label.to(language),
        help=explained,
        fields=fields,
    )


def _read_model_of(
    deps: AppDependencies, connection: Connection, language: Language, *, login_url: str | None = None
) -> ConnectionRead:
    groups = deps.connector.discovered_groups(connection)
    return ConnectionRead(
        id=connection.id,
        service=connection.service,
        method=connection.method,
        status=connection.status,
        login_url=login_url,
        groups=[_found_group(deps, group, language) for group in groups],
        complete=connection.complete,
        notes=[message_of(note).to(language) for note in connection.notes or []],
        error=None if connection.error is None else message_of(connection.error).to(language),
        expires_at=connection.expires_at,
    )


def _found_group(deps: AppDependencies, group: AccountGroup, language: Language) -> FoundGroup:
    declarations = list(deps.declarations.values())

    def platforms_of(kinds: set[str]) -> list[str]:
        return [declared.name for declared in declarations if declared.account_kind in kinds]

    accounts = [
        FoundAccount(
            kind=account.kind,
            remote_id=account.remote_id,
            name=account.name,
            username=account.username,
            platforms=platforms_of({account.kind}),
        )
        for account in group.members
    ]
    return FoundGroup(
        id=group.id,
        name=group.name,
        accounts=accounts,
        platforms=platforms_of({account.kind for account in group.members}),
        lacks=[message.to(language) for message in missing_features_of(group, declarations)],
        choosable=group.refusal is None,
    )
