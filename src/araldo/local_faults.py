"""Tell transient faults of this machine (disk full, no descriptors, no memory, database unreachable) from bugs."""

from __future__ import annotations

import errno
import sqlite3
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor

from araldo.errors import AraldoError

_TRANSIENT_ERRNOS = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOBUFS,
        errno.EIO,
        errno.EROFS,
        errno.ESTALE,
        errno.EBUSY,
        errno.ENOLCK,
        # No more processes or threads; the same number as EWOULDBLOCK.
        errno.EAGAIN,
    }
)
# Primary result codes; an extended code has its primary code in the low byte (https://sqlite.org/rescode.html).
_TRANSIENT_SQLITE_CODES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
# What CPython's threading raises for EAGAIN; it keeps no errno.
_NO_THREAD = "can't start new thread"


class TransientFault(Exception):
    """A transient fault of this machine without a built-in exception, such as a helper process that crashed."""


def is_transient(error: BaseException) -> bool:
    """Return whether the same work can succeed later with only this machine's condition changed.

    Covers descriptors, disk space, memory, threads, I/O errors, a database that is locked, full or unreachable, and a
    crashed helper process. Follows `__cause__` and SQLAlchemy's `orig`; of an exception group, all must be transient.
    An AraldoError never is: its class says what to do next.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(map(is_transient, error.exceptions))
    return any(map(_is_transient_itself, _chain(error)))


def without_details(error: BaseException) -> TransientFault:
    """Return a TransientFault with only the class name of `error`, which may hold a whole URL or a token."""
    return TransientFault(type(error).__name__)


def raise_if_transient(error: BaseException) -> None:
    """Raise `error` again when it is transient, so that it is not blamed on the input."""
    if is_transient(error):
        raise error


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and its causes, up to an AraldoError."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen and not isinstance(following, AraldoError):
        seen.add(id(following))
        yield following
        original = getattr(following, "orig", None) if _is(following, "sqlalchemy.exc", "DBAPIError") else None
        following = original or following.__cause__


def _is_transient_itself(error: BaseException) -> bool:
    if isinstance(error, MemoryError | TransientFault | BrokenExecutor) or _is(error, "sqlalchemy.exc", "TimeoutError"):
        return True
    if _is(error, "sqlalchemy.exc", "DBAPIError"):
        return bool(getattr(error, "connection_invalidated", False))
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _TRANSIENT_SQLITE_CODES
    if _is(error, "psycopg", "Error"):
        # Connections, limits, locks and disks are OperationalErrors; a server turned read-only is an InternalError.
        read_only = getattr(error, "sqlstate", None) == "25006"
        return read_only or _is(error, "psycopg", "OperationalError") or _is(error, "psycopg", "InterfaceError")
    if isinstance(error, OSError):
        return error.errno in _TRANSIENT_ERRNOS
    return isinstance(error, RuntimeError) and str(error) == _NO_THREAD


def _is(error: BaseException, module: str, name: str) -> bool:
    """Return whether it is an instance of that class, without importing the module: unless loaded, it cannot be."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(error, getattr(loaded, name))
