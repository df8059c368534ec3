"""Who is calling: a program with a bearer key, a person by the session's cookie, or nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.requests import HTTPConnection
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from starlette.types import Scope

from araldo.api.parts import Parts, PartsHere
from araldo.api.permissions import require_route_permission
from araldo.api.problems import asked_language
from araldo.api.site import SESSION_COOKIE
from araldo.errors import Conflict, Forbidden, NotAllowed, Sentence
from araldo.local_faults import is_passing
from araldo.storage.database import Transaction
from araldo.workspaces import session_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import Actor, ActorKind, current_actor
from araldo.workspaces.keys import hash_of
from araldo.workspaces.models import Caller
from araldo.workspaces.permissions import ALL_PERMISSIONS, Permissions
from araldo.workspaces.users import Session, is_csrf_token_of

CSRF_HEADER = "X-CSRF-Token"
# Which workspace a page believes to be in.
WORKSPACE_HEADER = "X-Workspace"
# How far behind the time of the last use may be, so that reading does not write each time.
NOTED_EVERY = timedelta(minutes=5)
_SAFE = {"GET", "HEAD", "OPTIONS"}
# Where a request's scope keeps who sends it, once that is known.
_FOUND = "araldo.caller"


class _SessionCookie(APIKeyCookie):
    """Reads the cookie under the one name that this server sets."""

    async def __call__(self, connection: HTTPConnection) -> str | None:
        parts = connection.app.state.parts
        assert isinstance(parts, Parts)
        return connection.cookies.get(parts.site.session_cookie)


_bearer = HTTPBearer(auto_error=False, description="An API key, made in the studio or with `araldo keys create`.")
_cookie = _SessionCookie(
    name=SESSION_COOKIE,
    auto_error=False,
    description=(
        f"A person's session, named `__Host-{SESSION_COOKIE}` behind HTTPS; what changes something needs its"
        f" `csrf_token` in `{CSRF_HEADER}` as well."
    ),
)
BearerHere = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
CookieHere = Annotated[str | None, Security(_cookie)]

_NOBODY = Sentence(
    "Sign in, or send an API key: `Authorization: Bearer KEY`. `araldo keys create` makes one.",
    "Accedi, o invia una chiave API: `Authorization: Bearer CHIAVE`. `araldo keys create` ne crea una.",
)
_WRONG_KEY = Sentence("This API key is not valid.", "Questa chiave API non è valida.")
_NOT_SIGNED_IN = Sentence("Sign in first.", "Prima accedi.")
_NO_PERSON = Sentence(
    "This is for a person who is signed in, not for an API key.",
    "È riservato a chi ha effettuato l'accesso, non a una chiave API.",
)
_CSRF = Sentence(
    "The page has to be loaded again: its {header} is missing or belongs to another session.",
    "La pagina va ricaricata: {header} manca o appartiene a un'altra sessione.",
)
_ELSEWHERE = Sentence(
    "You have gone to another workspace in another window: load this page again.",
    "In un'altra finestra sei passato a un altro spazio di lavoro: ricarica questa pagina.",
)
_FOREIGN = Sentence(
    "This request comes from a page that is not Araldo's.", "Questa richiesta arriva da una pagina che non è di Araldo."
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person's session, and its token as the browser sent it."""

    session: Session
    token: str
    permissions: Permissions = ALL_PERMISSIONS


def require_own_origin(request: Request, parts: Parts) -> None:
    """For what a browser does by itself with its cookies. Programs send no Origin. Raises Forbidden."""
    origin = request.headers.get("origin")
    if origin is not None and not parts.site.is_own_origin(origin, request.headers.get("host", "")):
        raise Forbidden(_FOREIGN, code="origin")


async def authenticate(request: Request, parts: Parts) -> None:
    """Find out who is calling from the headers alone, before any of the body is read, and keep it for the routes.

    Raises NotAllowed and Forbidden as a route would.
    """
    credentials = await _bearer(request)
    if credentials is not None:
        await _by_key(request, parts, credentials.credentials)
    else:
        await _by_cookie(request, parts, await _cookie(request), _NOBODY)


def is_authenticated(scope: Scope) -> bool:
    """Whether `authenticate`, or a route, has found out who sent this request."""
    return _FOUND in scope


async def _note(parts: Parts, write: Callable[[Transaction], Awaitable[None]]) -> None:
    """Write down a use; a passing fault stops nobody: while nothing can be written, whoever reads goes on reading."""
    try:
        async with parts.database.transaction() as transaction:
            await write(transaction)
    except Exception as failure:
        if not is_passing(failure):
            raise


async def _by_cookie(request: Request, parts: Parts, token: str | None, otherwise: Sentence) -> SignedIn:
    """Raises NotAllowed; Forbidden for what another site may have made the browser send."""
    found = request.scope.get(_FOUND)
    if isinstance(found, SignedIn):
        return found
    if not token:
        raise NotAllowed(otherwise)
    now = parts.clock.now()
    async with parts.database.reading() as transaction:
        session = await session_store.by_token(transaction, hash_of(token), now)
    if session is None or now >= session.created_at + parts.session_life:
        raise NotAllowed(otherwise)
    request.scope["language"] = session.user.language or asked_language(request) or session.workspace.language
    current_actor.set(Actor(ActorKind.USER, session.user.id, session.user.name, peer_address(request)))
    require_own_origin(request, parts)
    if request.method not in _SAFE and not is_csrf_token_of(token, request.headers.get(CSRF_HEADER, "")):
        raise Forbidden(_CSRF.with_(header=CSRF_HEADER), code="csrf")
    if now - session.last_used_at >= NOTED_EVERY:
        await _note(
            parts,
            lambda transaction: session_store.note_use(transaction, session, now, life=parts.session_life),
        )
    signed_in = request.scope[_FOUND] = SignedIn(session, token)
    return signed_in


def peer_address(request: Request) -> str:
    """Of the client, which the server takes from X-Forwarded-For where a trusted proxy has set it."""
    return request.client.host if request.client else "unknown"


async def _by_key(request: Request, parts: Parts, key: str) -> Caller:
    known = request.scope.get(_FOUND)
    if isinstance(known, Caller):
        return known
    now = parts.clock.now()
    async with parts.database.reading() as transaction:
        found = await workspace_store.caller_of(transaction, hash_of(key), now)
    if found is None:
        raise NotAllowed(_WRONG_KEY)
    caller, name, last_used_at = found
    current_actor.set(Actor(ActorKind.KEY, caller.key_id, name, peer_address(request)))
    if last_used_at is None or now - last_used_at >= NOTED_EVERY:
        await _note(parts, lambda transaction: workspace_store.note_key_use(transaction, caller.id, now))
    request.scope[_FOUND] = caller
    return caller


async def _caller(request: Request, parts: PartsHere, credentials: BearerHere, token: CookieHere) -> Caller:
    """With both, the key counts: nothing but a program sends one."""
    if credentials is not None:
        caller = await _by_key(request, parts, credentials.credentials)
        require_route_permission(request, caller.permissions)
        return caller
    session = (await _by_cookie(request, parts, token, _NOBODY)).session
    # Another window of the same session may have moved it on: nothing of this page's may land there.
    if request.headers.get(WORKSPACE_HEADER, session.workspace.id) != session.workspace.id:
        raise Conflict(_ELSEWHERE, code="workspace_changed")
    require_route_permission(request, ALL_PERMISSIONS)
    return Caller(session.workspace, session.member_id, ALL_PERMISSIONS, session_id=session.id)


async def _signed_in(request: Request, parts: PartsHere, token: CookieHere) -> SignedIn:
    credentials = await _bearer(request)
    if credentials is not None:
        await _by_key(request, parts, credentials.credentials)
        raise Forbidden(_NO_PERSON, code="person_needed")
    return await _by_cookie(request, parts, token, _NOT_SIGNED_IN)


CallerHere = Annotated[Caller, Depends(_caller)]
SignedInHere = Annotated[SignedIn, Depends(_signed_in)]
