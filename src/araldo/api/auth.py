"""Authentication: programs by bearer API key, users by session cookie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.requests import HTTPConnection
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from starlette.types import Scope

from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.permissions import acts_on_workspace, require_route_permission, require_route_role
from araldo.api.problems import requested_language
from araldo.api.site import SESSION_COOKIE
from araldo.errors import Conflict, Forbidden, NotAllowed, TooMany
from araldo.local_faults import is_transient
from araldo.messages import Message
from araldo.storage.database import Transaction
from araldo.workspaces import session_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import Actor, ActorKind, current_actor
from araldo.workspaces.keys import hash_secret
from araldo.workspaces.models import Caller
from araldo.workspaces.users import Session, is_csrf_token_of

CSRF_HEADER = "X-CSRF-Token"
# The workspace that the sending page shows.
WORKSPACE_HEADER = "X-Workspace"
# How often the last use is recorded, so that not every read also writes.
USE_RECORDED_EVERY = timedelta(minutes=5)
_SAFE = {"GET", "HEAD", "OPTIONS"}
# Key in a request's scope of the authenticated Caller or SignedIn.
_IDENTITY = "araldo.caller"


class _SessionCookie(APIKeyCookie):
    """Reads the cookie by the name that this server uses."""

    async def __call__(self, connection: HTTPConnection) -> str | None:
        deps = connection.app.state.dependencies
        assert isinstance(deps, AppDependencies)
        return connection.cookies.get(deps.site.session_cookie)


_bearer = HTTPBearer(auto_error=False, description="An API key, made in the studio or with `araldo keys create`.")
_cookie = _SessionCookie(
    name=SESSION_COOKIE,
    auto_error=False,
    description=(
        f"A user's session, named `__Host-{SESSION_COOKIE}` behind HTTPS; requests that change something need its"
        f" `csrf_token` in `{CSRF_HEADER}` as well."
    ),
)
BearerDep = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
SessionCookieDep = Annotated[str | None, Security(_cookie)]


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """A user's session, and its token as sent by the browser."""

    session: Session
    token: str


def require_own_origin(request: Request, deps: AppDependencies) -> None:
    """Raise Forbidden for a foreign Origin, against CSRF. Programs send no Origin."""
    origin = request.headers.get("origin")
    if origin is not None and not deps.site.is_own_origin(origin, request.headers.get("host", "")):
        raise Forbidden(Message("auth.foreign_origin"), code="origin")


async def authenticate(request: Request, deps: AppDependencies) -> None:
    """Authenticate by the headers alone, before the body is read, and keep the result in the scope for the routes.

    Raises NotAllowed, Forbidden and TooMany as the routes do.
    """
    credentials = await _bearer(request)
    if credentials is not None:
        await _authenticate_key(request, deps, credentials.credentials)
    else:
        await _authenticate_session(request, deps, await _cookie(request), Message("auth.credentials_needed"))


def is_authenticated(scope: Scope) -> bool:
    """Return whether the request has been authenticated."""
    return _IDENTITY in scope


async def _record_use(deps: AppDependencies, write: Callable[[Transaction], None]) -> None:
    """Record a use. Ignores transient faults, so that reads work while nothing can be written."""
    try:
        await deps.database.write(write)
    except Exception as failure:
        if not is_transient(failure):
            raise


async def _authenticate_session(
    request: Request, deps: AppDependencies, token: str | None, otherwise: Message
) -> SignedInUser:
    """Return the session of the cookie. Raises NotAllowed, and Forbidden for a possible CSRF request."""
    found = request.scope.get(_IDENTITY)
    if isinstance(found, SignedInUser):
        return found
    if not token:
        raise NotAllowed(otherwise)
    now = deps.clock.now()
    session = await deps.database.read(
        lambda transaction: session_store.find_by_token(transaction, hash_secret(token), now)
    )
    if session is None or now >= session.created_at + deps.session_max_lifetime:
        raise NotAllowed(otherwise)
    request.scope["language"] = session.user.language or requested_language(request) or session.workspace.language
    current_actor.set(Actor(ActorKind.USER, session.user.id, session.user.name, peer_address(request)))
    require_own_origin(request, deps)
    if request.method not in _SAFE and not is_csrf_token_of(token, request.headers.get(CSRF_HEADER, "")):
        raise Forbidden(Message("auth.csrf_token_invalid", {"header": CSRF_HEADER}), code="csrf")
    if now - session.last_used_at >= USE_RECORDED_EVERY:
        await _record_use(
            deps,
            lambda transaction: session_store.extend(transaction, session, now, max_lifetime=deps.session_max_lifetime),
        )
    signed_in = request.scope[_IDENTITY] = SignedInUser(session, token)
    return signed_in


def peer_address(request: Request) -> str:
    """Return the client's address; behind a trusted proxy, the server takes it from X-Forwarded-For."""
    return request.client.host if request.client else "unknown"


async def _authenticate_key(request: Request, deps: AppDependencies, key: str) -> Caller:
    """Return the caller of the key. Raises NotAllowed, and TooMany for requests above the key's limit."""
    known = request.scope.get(_IDENTITY)
    if isinstance(known, Caller):
        return known
    now = deps.clock.now()
    found = await deps.database.read(lambda transaction: workspace_store.find_key(transaction, hash_secret(key), now))
    if found is None:
        raise NotAllowed(Message("auth.api_key_invalid"))
    caller = found.caller
    current_actor.set(Actor(ActorKind.KEY, caller.key_id, found.name, peer_address(request)))
    allowance = await deps.request_limiter.admit(request.scope, caller.id, found.usage)
    if allowance is not None and allowance.remaining < 0:
        raise TooMany(Message("auth.too_many_requests", {"count": allowance.limit}), after_s=allowance.reset_s)
    if found.last_used_at is None or now - found.last_used_at >= USE_RECORDED_EVERY:
        await _record_use(deps, lambda transaction: workspace_store.record_key_use(transaction, caller.id, now))
    request.scope[_IDENTITY] = caller
    return caller


async def _caller(request: Request, deps: DependenciesDep, credentials: BearerDep, token: SessionCookieDep) -> Caller:
    """Return the caller. With both a key and a cookie the key counts: only programs send keys."""
    if credentials is not None:
        caller = await _authenticate_key(request, deps, credentials.credentials)
        require_route_permission(request, caller.permissions)
        return caller
    session = (await _authenticate_session(request, deps, token, Message("auth.credentials_needed"))).session
    _require_same_workspace(request, session)
    require_route_role(request, session.role)
    return Caller(session.workspace, session.member_id, session.permissions, session_id=session.id)


async def _signed_in(request: Request, deps: DependenciesDep, token: SessionCookieDep) -> SignedInUser:
    credentials = await _bearer(request)
    if credentials is not None:
        await _authenticate_key(request, deps, credentials.credentials)
        raise Forbidden(Message("auth.person_needed"), code="person_needed")
    signed_in = await _authenticate_session(request, deps, token, Message("auth.not_signed_in"))
    if acts_on_workspace(request):
        _require_same_workspace(request, signed_in.session)
    require_route_role(request, signed_in.session.role)
    return signed_in


def _require_same_workspace(request: Request, session: Session) -> None:
    """Raise Conflict when another window has switched the session's workspace: the request is not about that one."""
    if request.headers.get(WORKSPACE_HEADER, session.workspace.id) != session.workspace.id:
        raise Conflict(Message("auth.other_workspace"), code="workspace_changed")


CallerDep = Annotated[Caller, Depends(_caller)]
SignedInDep = Annotated[SignedInUser, Depends(_signed_in)]
