"""The Idempotency-Key header: a repeated request gets the result of the first one."""

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

# How long a repeated request waits for the first one's result before it is refused.
_DUPLICATE_WAIT_S = 5.0
_POLL_S = 0.1

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+( [\x21-\x7e]+)*$",
        description="A repeated request with the same key and body has no second effect. Kept 24 hours.",
    ),
]


async def _idempotent_request(request: Request, caller: CallerDep, key: KeyHeader = None) -> IdempotentRequest | None:
    if key is None:
        return None
    return IdempotentRequest(caller.id, _short(request.url.path), key, _digest(await request.body()))


def _digest(body: bytes) -> str:
    """Hash the body; of JSON, regardless of spaces and the order of fields."""
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
    """Yield the result of an earlier request, or None when the block is to do the work.

    After a UserError in the block the key is free again. After a transient fault too, unless the commit succeeded:
    then a repeated request gets the result.
    """
    if request is None:
        yield None
        return
    previous = await _begin_or_wait(deps, request)
    if previous is not None:
        yield previous
        return
    try:
        yield None
    except UserError:
        await _release_key(deps, request)
        raise
    except Exception as failure:
        if is_transient(failure):
            # When this fails too, the key is free once its lease has expired.
            with suppress(Exception):
                await _release_key(deps, request)
        raise


async def _release_key(deps: AppDependencies, request: IdempotentRequest) -> None:
    await deps.database.write(lambda transaction: idempotency.release(transaction, request))


async def _begin_or_wait(deps: AppDependencies, request: IdempotentRequest) -> PreviousResult | None:
    give_up = deps.clock.running() + _DUPLICATE_WAIT_S
    while True:
        try:
            return await deps.database.write(
                lambda transaction: idempotency.begin(transaction, request, deps.clock.now())
            )
        except StillRunning:
            if deps.clock.running() >= give_up:
                raise
            await deps.clock.sleep(_POLL_S)
