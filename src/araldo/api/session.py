"""Signing in and out: the session of the browser that asks, the person's other ones, and the password."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from araldo import __version__
from araldo.api.auth import CookieHere, SignedIn, SignedInHere, peer_address, require_own_origin
from araldo.api.fields import CleanText, Instant
from araldo.api.parts import Parts, PartsHere
from araldo.api.problems import RESPONSES, described_problems
from araldo.api.requests import RequestModel
from araldo.errors import Language, NotFound, PostInvalid, Problem, Sentence
from araldo.storage.database import Transaction
from araldo.workflows.sign_in import Browser
from araldo.workspaces import audit_store, session_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import Action
from araldo.workspaces.keys import hash_of
from araldo.workspaces.users import SESSION_LIVES, Session, csrf_token_of, short_agent

router = APIRouter(prefix="/api/v1", tags=["session"], responses=RESPONSES)

_GONE = described_problems({404: "No such workspace, or the session has just ended"})
LIMITED = described_problems({429: "Too many tries"})
_HOW = Sentence("Give a link, or a name and a password.", "Indica un link, oppure nome e password.")
_NO_WORKSPACE = Sentence("There is no such workspace.", "Questo spazio di lavoro non esiste.")
_NO_SESSION = Sentence("There is no such session.", "Questa sessione non esiste.")


class SignInAsked(RequestModel):
    """Either `link`, the part behind `#` of a one-time link, or `name` and `password`.

    `code`: of the authenticator app, or a recovery code, once the answer to the rest is 401 `totp_required`.
    """

    link: Annotated[CleanText, Field(max_length=200)] | None = None
    name: Annotated[CleanText, Field(max_length=200)] | None = None
    password: Annotated[CleanText, Field(max_length=1_000)] | None = None
    code: Annotated[CleanText, Field(max_length=40)] | None = None


class UserRead(BaseModel):
    """`language`: null until the person chooses one; the studio follows the browser meanwhile."""

    id: str
    name: str
    language: Language | None
    has_password: bool


class WorkspaceHere(BaseModel):
    id: str
    name: str
    language: str
    zone: str


class WorkspaceName(BaseModel):
    id: str
    name: str


class SandboxRead(BaseModel):
    viewer_url: str


class SessionRead(BaseModel):
    """`csrf_token` goes into `X-CSRF-Token` of whatever changes something.

    `sandbox`: set while everything goes to the sandbox and nothing to people.
    """

    user: UserRead
    workspace: WorkspaceHere
    workspaces: list[WorkspaceName]
    csrf_token: str
    sandbox: SandboxRead | None
    version: str
    expires_at: Instant


class SessionChange(RequestModel):
    """`language` is the person's, in all sessions; `workspace_id` is this session's."""

    workspace_id: CleanText | None = None
    language: Literal["it", "en"] | None = None


class SessionListed(BaseModel):
    """`user_agent` is short: `Firefox, Linux`."""

    id: str
    created_at: Instant
    last_used_at: Instant
    expires_at: Instant
    user_agent: str
    current: bool


class SessionList(BaseModel):
    data: list[SessionListed]


class PasswordChange(RequestModel):
    """`current` is needed once there is one."""

    current: Annotated[CleanText, Field(max_length=1_000)] | None = None
    new: Annotated[CleanText, Field(max_length=1_000)]


@router.post("/session", operation_id="sign_in", responses=LIMITED)
async def sign_in(
    body: SignInAsked, request: Request, response: Response, parts: PartsHere, old: CookieHere = None
) -> SessionRead:
    """By a one-time link or a password. The cookie comes with the answer."""
    require_own_origin(request, parts)
    browser = Browser(peer_address(request), request.headers.get("user-agent", ""), old, body.code)
    if body.link is not None:
        token = await parts.sign_in.by_link(body.link, browser)
    elif body.name is not None and body.password is not None:
        token = await parts.sign_in.by_password(body.name, body.password, browser)
    else:
        raise PostInvalid([Problem("", "sign_in_incomplete", _HOW)])
    return await _read(token, response, parts)


@router.get("/session", operation_id="get_session", responses=_GONE)
async def get_session(response: Response, parts: PartsHere, signed_in: SignedInHere) -> SessionRead:
    """Who is signed in, and where. Each use lets the session live another thirty days, within its longest life."""
    return await _read(signed_in.token, response, parts)


@router.patch("/session", operation_id="change_session", responses=_GONE)
async def change_session(
    body: SessionChange, response: Response, parts: PartsHere, signed_in: SignedInHere
) -> SessionRead:
    """Go to another of one's workspaces, or choose the language."""
    session = signed_in.session
    async with parts.database.transaction() as transaction:
        if body.workspace_id is not None:
            if not await user_store.is_member(transaction, session.user.id, body.workspace_id):
                raise NotFound(_NO_WORKSPACE)
            await session_store.move_to(transaction, session.id, body.workspace_id)
        if body.language is not None:
            await user_store.set_language(transaction, session.user.id, body.language)
    return await _read(signed_in.token, response, parts)


@router.delete("/session", operation_id="sign_out", status_code=204)
async def sign_out(response: Response, parts: PartsHere, signed_in: SignedInHere) -> None:
    async with parts.database.transaction() as transaction:
        await session_store.end(transaction, signed_in.session.user.id, signed_in.session.id)
        await _record(transaction, Action.SIGNED_OUT, parts, signed_in)
    response.delete_cookie(
        parts.site.session_cookie, path="/", secure=parts.site.is_https, httponly=True, samesite="lax"
    )


@router.put("/session/password", operation_id="set_password", status_code=204, responses=LIMITED)
async def set_password(body: PasswordChange, parts: PartsHere, signed_in: SignedInHere) -> None:
    """At least ten characters. The person's other sessions end."""
    await parts.sign_in.set_password(signed_in.session, body.current, body.new)


@router.get("/sessions", operation_id="list_sessions")
async def list_sessions(parts: PartsHere, signed_in: SignedInHere) -> SessionList:
    """Where the person is signed in."""
    async with parts.database.reading() as transaction:
        found = await session_store.of_user(transaction, signed_in.session.user.id, parts.clock.now())
    return SessionList(data=[_listed(one, signed_in) for one in found])


@router.delete("/sessions", operation_id="end_other_sessions", status_code=204)
async def end_other_sessions(parts: PartsHere, signed_in: SignedInHere) -> None:
    async with parts.database.transaction() as transaction:
        await session_store.end_all(transaction, signed_in.session.user.id, but=signed_in.session.id)
        await _record(transaction, Action.SESSIONS_ENDED, parts, signed_in)


@router.delete("/sessions/{session_id}", operation_id="end_session", status_code=204)
async def end_session(session_id: str, parts: PartsHere, signed_in: SignedInHere) -> None:
    async with parts.database.transaction() as transaction:
        if not await session_store.end(transaction, signed_in.session.user.id, session_id):
            raise NotFound(_NO_SESSION)
        await _record(transaction, Action.SESSIONS_ENDED, parts, signed_in, target=session_id)


async def _record(
    transaction: Transaction, action: Action, parts: Parts, signed_in: SignedIn, *, target: str | None = None
) -> None:
    workspace_id = signed_in.session.workspace.id
    await audit_store.record(transaction, action, workspace_id=workspace_id, at=parts.clock.now(), target=target)


async def _read(token: str, response: Response, parts: Parts) -> SessionRead:
    """As it stands now; the cookie slides on with the session."""
    now = parts.clock.now()
    async with parts.database.reading() as transaction:
        session = await session_store.by_token(transaction, hash_of(token), now)
        if session is None:
            raise NotFound(_NO_SESSION)
        mine = await workspace_store.of_user(transaction, session.user.id)
    response.set_cookie(
        parts.site.session_cookie,
        token,
        max_age=int(min(SESSION_LIVES, session.created_at + parts.session_life - now).total_seconds()),
        path="/",
        secure=parts.site.is_https,
        httponly=True,
        samesite="lax",
    )
    user, here, sandbox_url = session.user, session.workspace, parts.site.sandbox_url
    return SessionRead(
        user=UserRead(id=user.id, name=user.name, language=user.language, has_password=user.has_password),
        workspace=WorkspaceHere(id=here.id, name=here.name, language=here.language, zone=here.zone),
        workspaces=[WorkspaceName(id=one.id, name=one.name) for one in mine],
        csrf_token=csrf_token_of(token),
        sandbox=None if sandbox_url is None else SandboxRead(viewer_url=sandbox_url),
        version=__version__,
        expires_at=session.expires_at,
    )


def _listed(session: Session, signed_in: SignedIn) -> SessionListed:
    return SessionListed(
        id=session.id,
        created_at=session.created_at,
        last_used_at=session.last_used_at,
        expires_at=session.expires_at,
        user_agent=short_agent(session.user_agent),
        current=session.id == signed_in.session.id,
    )
