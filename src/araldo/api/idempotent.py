"""The Idempotency-Key header: a repeated request is answered from what the first one made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any

from fastapi import Depends, Header, Request

from araldo.api.auth import CallerDep
from araldo.api.dependencies import AppDependencies
from araldo.errors import UserError
from araldo.local_faults import is_transient
from araldo.storage import idempotency
from araldo.storage.idempotency import ROUTE_MAX, IdempotentRequest, PreviousResult, StillRunning

# How long a twin request waits for the first one's post before it is told to come back.
_DUPLICATE_WAIT_S = 5.0
_POLL_S = 0.1

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+( [\x21-\x7e]+)*$",
        description="The same key with the same body makes one post, however often it is sent. Kept 24 hours.",
    ),
]


async def _idempotent_request(request: Request, caller: CallerDep, key: KeyHeader = None) -> IdempotentRequest | None:
    if key is None:
        return None
    return IdempotentRequest(caller.id, _short(request.url.path), key, _digest(await request.body()))


def _digest(body: bytes) -> str:
    """Spaces and the order of fields make no other request. What is no JSON is for the route to refuse."""
    try:
        read: Any = json.loads(body) if body else None
        body = json.dumps(read, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        pass
    return hashlib.sha256(body).hexdigest()


def _short(path: str) -> str:
    return path if len(path) <= ROUTE_MAX else hashlib.sha256(path.encode()).hexdigest()


IdempotencyDep = Annotated[IdempotentRequest | None, Depends(_idempotent_request)]


@asynccontextmanager
async def idempotent(deps: AppDependencies, request: IdempotentRequest | None) -> AsyncIterator[PreviousResult | None]:
    """Yields what an earlier request made, or None: then it is the block's to make.

    A block that raises a UserError made nothing, and the key is free again. After a passing fault it is too, unless
    the commit had gone through: then the repeated request finds what was made.
    """
    if request is None:
        yield None
        return
    previous = await _begin(deps, request)
    if previous is not None:
        yield previous
        return
    try:
        yield None
    except UserError:
        await _free(deps, request)
        raise
    except Exception as failure:
        if is_transient(failure):
            # When this fails as well, the key is free once its lease has ended.
            with suppress(Exception):
                await _free(deps, request)
        raise


async def _free(deps: AppDependencies, request: IdempotentRequest) -> None:
    async with deps.database.transaction() as transaction:
        await idempotency.release(transaction, request)


async def _begin(deps: AppDependencies, request: IdempotentRequest) -> PreviousResult | None:
    give_up = deps.clock.running() + _DUPLICATE_WAIT_S
    while True:
        try:
            async with deps.database.transaction() as transaction:
                return await idempotency.begin(transaction, request, deps.clock.now())
        except StillRunning:
            if deps.clock.running() >= give_up:
                raise
            await deps.clock.sleep(_POLL_S)
