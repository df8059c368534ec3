"""Signing in and out, the user's sessions, and the password."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, Field

from araldo import __version__
from araldo.accounts import store as account_store
from araldo.accounts.store import Place
from araldo.api.auth import SessionCookieDep, SignedInDep, SignedInUser, peer_address, require_own_origin
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import CleanText, Instant, KnownLanguage
from araldo.api.problems import RESPONSES, described_problems, requested_language
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.errors import NotFound, PostInvalid, Problem
from araldo.messages import Message
from araldo.storage.database import Transaction
from araldo.workflows.accounts.sign_in import Browser
from araldo.workspaces import session_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.keys import hash_secret
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import Permission
from araldo.workspaces.roles import Role
from araldo.workspaces.users import SESSION_IDLE_LIFETIME, Session, csrf_token_of, describe_user_agent

router = ResourceRouter(prefix="/api/v1", tags=["session"], responses=RESPONSES)

_GONE = described_problems({404: "No such workspace, or the session has just ended"})
_NO_INVITATION = described_problems({404: "The invitation was used or withdrawn, or has expired"})
LIMITED = described_problems({429: "Too many tries"})


class SignInFields(RequestModel):
    """Either `link` (the part after `#` of a one-time link), or `name` and `password`.

    `code`: of the authenticator app, or a recovery code; needed after 401 `totp_required`. `invitation`: the part after
    `#` of an invitation's link, to join its workspace.
    """

    link: Annotated[CleanText, Field(max_length=200)] | None = None
    name: Annotated[CleanText, Field(max_length=200)] | None = None
    password: Annotated[CleanText, Field(max_length=1_000)] | None = None
    code: Annotated[CleanText, Field(max_length=40)] | None = None
    invitation: Annotated[CleanText, Field(max_length=200)] | None = None


class UserRead(BaseModel):
    """`language`: null until the person chooses one; the studio follows the browser meanwhile."""

    id: str
    name: str
    language: KnownLanguage | None
    has_password: bool


class CurrentWorkspace(BaseModel):
    id: str
    name: str
    language: str
    zone: str
    approval_required: bool


class WorkspaceName(BaseModel):
    id: str
    name: str


class SandboxRead(BaseModel):
    viewer_url: str


class SessionRead(BaseModel):
    """`csrf_token`: to be sent as `X-CSRF-Token` with every request that changes something.

    `role`: the user's in `workspace`; `permissions`: what it grants there.
    `sandbox`: set while everything that the workspace is connected to is local, as the sandbox is.
    """

    user: UserRead
    workspace: CurrentWorkspace
    role: Role
    permissions: list[Permission]
    workspaces: list[WorkspaceName]
    csrf_token: str
    sandbox: SandboxRead | None
    version: str
    expires_at: Instant


class SessionChange(RequestModel):
    """`language`: of the user, in all sessions; `workspace_id`: of this session."""

    workspace_id: CleanText | None = None
    language: KnownLanguage | None = None


class SessionListed(BaseModel):
    """`user_agent`: browser and system, as in `Firefox, Linux`."""

    id: str
    created_at: Instant
    last_used_at: Instant
    expires_at: Instant
    user_agent: str
    current: bool


class SessionList(BaseModel):
    data: list[SessionListed]


class PasswordChange(RequestModel):
    """`current`: needed when the user has a password."""

    current: Annotated[CleanText, Field(max_length=1_000)] | None = None
    new: Annotated[CleanText, Field(max_length=1_000)]


@router.post("/session", operation_id="sign_in", responses={**LIMITED, **_NO_INVITATION})
async def sign_in(
    body: SignInFields, request: Request, response: Response, deps: DependenciesDep, old: SessionCookieDep = None
) -> SessionRead:
    """Sign in with a one-time link or a password. Sets the session cookie."""
    require_own_origin(request, deps)
    agent = request.headers.get("user-agent", "")
    browser = Browser(peer_address(request), agent, old, body.code, requested_language(request), body.invitation)
    if body.link is not None:
        token = await deps.sign_in.by_link(body.link, browser)
    elif body.name is not None and body.password is not None:
        token = await deps.sign_in.by_password(body.name, body.password, browser)
    else:
        raise PostInvalid([Problem("", "sign_in_incomplete", Message("session.credentials_needed"))])
    return await read_session(token, response, deps)


@router.get("/session", operation_id="get_session", responses=_GONE)
async def get_session(response: Response, deps: DependenciesDep, signed_in: SignedInDep) -> SessionRead:
    """Return the session. Each use extends it by thirty days, up to its longest lifetime."""
    return await read_session(signed_in.token, response, deps)


@router.patch("/session", operation_id="change_session", responses=_GONE)
async def change_session(
    body: SessionChange, response: Response, deps: DependenciesDep, signed_in: SignedInDep
) -> SessionRead:
    """Switch to another of the user's workspaces, or set the language."""
    await deps.sessions.change(signed_in.session, workspace_id=body.workspace_id, language=body.language)
    return await read_session(signed_in.token, response, deps)


@router.delete("/session", operation_id="sign_out", status_code=204)
async def sign_out(response: Response, deps: DependenciesDep, signed_in: SignedInDep) -> None:
    await deps.sessions.sign_out(signed_in.session)
    response.delete_cookie(deps.site.session_cookie, path="/", secure=deps.site.is_https, httponly=True, samesite="lax")


@router.put("/session/password", operation_id="set_password", status_code=204, responses=LIMITED)
async def set_password(body: PasswordChange, deps: DependenciesDep, signed_in: SignedInDep) -> None:
    """Set the password, of at least ten characters. The user's other sessions end."""
    await deps.sign_in.set_password(signed_in.session, body.current, body.new)


@router.get("/sessions", operation_id="list_sessions")
async def list_sessions(deps: DependenciesDep, signed_in: SignedInDep) -> SessionList:
    """List the user's sessions."""
    found = await deps.database.read(
        lambda transaction: session_store.list_for_user(transaction, signed_in.session.user.id, deps.clock.now())
    )
    return SessionList(data=[_list_item_of(session, signed_in) for session in found])


@router.delete("/sessions", operation_id="end_other_sessions", status_code=204)
async def end_other_sessions(deps: DependenciesDep, signed_in: SignedInDep) -> None:
    await deps.sessions.end_others(signed_in.session)


@router.delete("/sessions/{session_id}", operation_id="end_session", status_code=204)
async def end_session(session_id: str, deps: DependenciesDep, signed_in: SignedInDep) -> None:
    await deps.sessions.end(signed_in.session, session_id)


async def read_session(token: str, response: Response, deps: AppDependencies) -> SessionRead:
    """Return the session as it is now, and renew the cookie's lifetime."""
    now = deps.clock.now()

    def in_transaction(transaction: Transaction) -> tuple[Session, list[Workspace], list[Place]]:
        session = session_store.find_by_token(transaction, hash_secret(token), now)
        if session is None:
            raise NotFound(Message("session.not_found"))
        mine = workspace_store.list_for_user(transaction, session.user.id)
        return session, mine, account_store.list_places_in_use(transaction, session.workspace.id)

    session, mine, places = await deps.database.read(in_transaction)
    response.set_cookie(
        deps.site.session_cookie,
        token,
        max_age=int(min(SESSION_IDLE_LIFETIME, session.created_at + deps.session_max_lifetime - now).total_seconds()),
        path="/",
        secure=deps.site.is_https,
        httponly=True,
        samesite="lax",
    )
    user, here, sandbox_url = session.user, session.workspace, deps.connector.find_sandbox_url(places)
    return SessionRead(
        user=UserRead(id=user.id, name=user.name, language=user.language, has_password=user.has_password),
        workspace=CurrentWorkspace(**asdict(here)),
        role=session.role,
        permissions=[permission for permission in Permission if permission in session.permissions],
        workspaces=[WorkspaceName(id=workspace.id, name=workspace.name) for workspace in mine],
        csrf_token=csrf_token_of(token),
        sandbox=None if sandbox_url is None else SandboxRead(viewer_url=sandbox_url),
        version=__version__,
        expires_at=session.expires_at,
    )


def _list_item_of(session: Session, signed_in: SignedInUser) -> SessionListed:
    return SessionListed(
        id=session.id,
        created_at=session.created_at,
        last_used_at=session.last_used_at,
        expires_at=session.expires_at,
        user_agent=describe_user_agent(session.user_agent),
        current=session.id == signed_in.session.id,
    )
