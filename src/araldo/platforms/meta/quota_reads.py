"""Read an account's quota while its container is being prepared, so that the send does not wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from functools import partial
from typing import Any

from araldo.errors import OutsideError
from araldo.platforms.base import Quota

# Containers whose quota nobody asked for (their delivery was cancelled, say) are forgotten, the oldest first.
_KEPT_MAX = 1_000


class QuotaReads:
    """One read of the quota for each container, begun with the first check of its status.

    Containers of one account share a read that is under way: what is published from its beginning on, we count.
    `account`: a key of the account and of the credentials that it is read with.
    """

    def __init__(self) -> None:
        self._reads: dict[str, asyncio.Task[Quota | None]] = {}
        self._under_way: dict[Hashable, asyncio.Task[Quota | None]] = {}

    def begin(
        self, container_id: str, account: Hashable, read: Callable[[], Coroutine[Any, Any, Quota | None]]
    ) -> None:
        """Begin to read, unless that was begun for this container before."""
        if container_id in self._reads:
            return
        while len(self._reads) >= _KEPT_MAX:
            # Not cancelled, because another container may share it.
            del self._reads[next(iter(self._reads))]
        task = self._under_way.get(account)
        if task is None:
            task = self._under_way[account] = asyncio.create_task(read())
            task.add_done_callback(partial(self._end, account))
        self._reads[container_id] = task

    async def take(self, container_id: str, read: Callable[[], Awaitable[Quota | None]]) -> Quota | None:
        """Return what was read; read now if that failed or was not begun. Raises OutsideError."""
        begun = self._reads.pop(container_id, None)
        if begun is not None:
            try:
                # Who is cancelled does not end it for the others.
                return await asyncio.shield(begun)
            except OutsideError:
                pass
        return await read()

    def _end(self, account: Hashable, task: asyncio.Task[Quota | None]) -> None:
        del self._under_way[account]
        if not task.cancelled():
            # Retrieved, so that asyncio does not log the failure of a read that nobody asked for.
            task.exception()
