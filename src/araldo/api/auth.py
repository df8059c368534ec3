"""Who is calling: a bearer key, or nobody."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from araldo.api.parts import PartsHere
from araldo.errors import NotAllowed, Sentence
from araldo.workspaces import store as workspace_store
from araldo.workspaces.keys import hash_of
from araldo.workspaces.models import Caller

_bearer = HTTPBearer(auto_error=False, description="An API key, made with `araldo keys create`.")

_NO_KEY = Sentence(
    "Send an API key: `Authorization: Bearer KEY`. `araldo keys create` makes one.",
    "Invia una chiave API: `Authorization: Bearer CHIAVE`. `araldo keys create` ne crea una.",
)
_WRONG_KEY = Sentence("This API key is not valid.", "Questa chiave API non è valida.")


async def _caller(
    parts: PartsHere, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Caller:
    if credentials is None:
        raise NotAllowed(_NO_KEY)
    async with parts.database.reading() as transaction:
        found = await workspace_store.caller_of(transaction, hash_of(credentials.credentials), parts.clock.now())
    if found is None:
        raise NotAllowed(_WRONG_KEY)
    return found


CallerHere = Annotated[Caller, Depends(_caller)]
