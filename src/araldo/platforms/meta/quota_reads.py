"""Read an account's quota while its container is being prepared, so that the send does not wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from araldo.errors import OutsideError
from araldo.platforms.base import Quota

# Containers whose quota nobody asked for (their delivery was cancelled, say) are forgotten, the oldest first.
_KEPT_MAX = 1_000


class QuotaReads:
    """One read of the quota for each container, begun with the first check of its status."""

    def __init__(self) -> None:
        self._reads: dict[str, asyncio.Task[Quota | None]] = {}

    def begin(self, container_id: str, read: Callable[[], Coroutine[Any, Any, Quota | None]]) -> None:
        """Begin to read, unless that was begun for this container before."""
        if container_id in self._reads:
            return
        while len(self._reads) >= _KEPT_MAX:
            self._reads.pop(next(iter(self._reads))).cancel()
        task = self._reads[container_id] = asyncio.create_task(read())
        task.add_done_callback(_retrieve_exception)

    async def take(self, container_id: str, read: Callable[[], Awaitable[Quota | None]]) -> Quota | None:
        """Return what was read; read now if that failed or was not begun. Raises OutsideError."""
        begun = self._reads.pop(container_id, None)
        if begun is not None:
            try:
                return await begun
            except OutsideError:
                pass
        return await read()


def _retrieve_exception(task: asyncio.Task[Quota | None]) -> None:
    """Keep asyncio from logging the failure of a read that nobody asked for."""
    if not task.cancelled():
        task.exception()
