"""Pictures, named by the SHA-256 digest of their bytes: the contract of every store that keeps them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

from araldo.clock import Clock
from araldo.local_faults import TransientFault
from araldo.loops import FailureLog
from araldo.messages import DEFAULT_LANGUAGE, Message

# How many digests a page of `list_older_than` has at most.
PAGE_MAX = 500
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BlobMissing(FileNotFoundError):
    """There is no blob with that digest: it was never stored, or was lost, as after an incomplete restore."""


class BlobStoreUnavailable(TransientFault):
    """The store does not answer, or refuses; the work is tried again later. `message`: which store, and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.to(DEFAULT_LANGUAGE))
        self.message = message


class Blobs(Protocol):
    """A store of blobs. Each method but `discard` raises BlobStoreUnavailable or OSError when the store fails."""

    @property
    def where(self) -> str:
        """The store, as an operator knows it: a folder, or a bucket."""
        ...

    async def put(self, data: bytes) -> str:
        """Store `data` and return its SHA-256 in hex. The same bytes are stored once.

        `delete_if_older` leaves recently stored blobs alone, so that the row that refers to one can be written later.
        """
        ...

    async def get(self, digest: str) -> bytes:
        """Return the bytes. Raises BlobMissing when there are none."""
        ...

    async def require(self, digest: str) -> None:
        """Raise BlobMissing when there are no bytes; as `get`, without reading them."""
        ...

    async def discard(self, digest: str) -> None:
        """Delete a blob that this object created and nobody has stored again since, when its row was not written.

        A store that cannot do so without a race leaves it to `delete_if_older`.
        """
        ...

    def list_older_than(self, before: datetime) -> AsyncIterator[list[str]]:
        """Yield pages of the digests of blobs last stored before `before`."""
        ...

    async def delete_if_older(self, digest: str, before: datetime) -> bool:
        """Delete the blob unless it was stored again since `before`, when a row may be about to refer to it.

        Return whether something was deleted.
        """
        ...

    async def measure(self) -> tuple[int, int]:
        """Return how many blobs there are, and their bytes."""
        ...

    async def check(self) -> None:
        """Write a probe, read it back and delete it."""
        ...


async def check_and_log(blobs: Blobs, clock: Clock) -> None:
    """Log what is wrong with the store, if anything is. Nothing stops: what needs the store is tried again later."""
    try:
        await blobs.check()
    except Exception as failure:
        FailureLog(clock).write("blob_store_unavailable", failure)


def is_digest(name: str) -> bool:
    return _DIGEST.fullmatch(name) is not None


def require_digest(name: str) -> str:
    """Return `name`. Raises ValueError when it is not a digest, but could be a path."""
    if not is_digest(name):
        raise ValueError("not a digest")
    return name
