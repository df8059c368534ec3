"""End streams whose caller has lost access: key revoked or expired, session or membership ended."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress

from araldo.clock import Clock
from araldo.storage.database import Database, Transaction
from araldo.workspaces import session_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Caller

# Of a caller: key id, session id, workspace id.
_Access = tuple[str | None, str | None, str]

# Another process may revoke a key, so the rows are read; twice a second, so that streams end within one second.
CHECK_EVERY_S = 0.5


class StreamAccess:
    """Checks which callers of open streams still have access, with one query for all at most four times a second."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._open: Counter[_Access] = Counter()
        self._allowed: set[_Access] = set()
        self._read_at = float("-inf")
        self._turn = asyncio.Lock()

    async def guard(self, caller: Caller, pieces: AsyncGenerator[str]) -> AsyncIterator[str]:
        """Yield from `pieces` until it ends or the caller loses access, then close it."""
        access = (caller.key_id, caller.session_id, caller.workspace.id)
        self._open[access] += 1
        coming: asyncio.Task[str] | None = None
        try:
            async with aclosing(pieces):
                try:
                    while True:
                        coming = coming or asyncio.create_task(anext(pieces))
                        await asyncio.wait({coming}, timeout=CHECK_EVERY_S)
                        if not await self._is_allowed(access):
                            return
                        if coming.done():
                            done, coming = coming, None
                            yield done.result()
                except StopAsyncIteration:
                    return
                finally:
                    if coming is not None:
                        coming.cancel()
                        with suppress(asyncio.CancelledError, StopAsyncIteration):
                            await coming
        finally:
            self._open[access] -= 1
            self._open += Counter()

    async def _is_allowed(self, access: _Access) -> bool:
        async with self._turn:
            if self._clock.running() - self._read_at >= CHECK_EVERY_S / 2 or access not in self._allowed:
                await self._read_access()
        return access in self._allowed

    async def _read_access(self) -> None:
        wanted, now = list(self._open), self._clock.now()

        def in_transaction(transaction: Transaction) -> tuple[set[str], set[tuple[str, str]]]:
            keys = workspace_store.select_valid_keys(transaction, {key for key, _, _ in wanted if key}, now)
            sessions = session_store.select_valid_sessions(
                transaction, {session for _, session, _ in wanted if session}, now
            )
            return keys, sessions

        keys, sessions = await self._database.read(in_transaction)
        self._allowed = {
            (key, session, workspace)
            for key, session, workspace in wanted
            if key in keys or (session, workspace) in sessions
        }
        self._read_at = self._clock.running()
