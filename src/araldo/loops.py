"""Background loops: repeat work after failures with a growing pause, and log repeated failures once a minute."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from araldo.clock import Clock
from araldo.local_faults import TransientFault, is_transient

log = structlog.get_logger()

_LOG_EVERY_S = 60.0
_CAUSES_MAX = 8
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 15.0


@dataclass
class _LoggedFailure:
    at: float
    unlogged: int = 0


class FailureLog:
    """Logs a repeated failure at most once a minute, with the number of times it was left out.

    A transient fault of this machine is a warning without traceback; anything else is an error with its traceback.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._logged: dict[tuple[str, str], _LoggedFailure] = {}

    def write(self, event: str, error: BaseException, **context: object) -> None:
        key, now = (event, describe_error(error)), self._clock.running()
        last = self._logged.get(key)
        if last is not None and now - last.at < _LOG_EVERY_S:
            last.unlogged += 1
            return
        if last is not None and last.unlogged:
            context["repeated"] = last.unlogged
        self._logged[key] = _LoggedFailure(now)
        if is_transient(error):
            log.warning(event, why=describe_error(error), **context)
        else:
            log.error(event, exc_info=error, **context)


async def repeat_forever(
    work: Callable[[], Awaitable[object]],
    *,
    every_s: float,
    event: str,
    clock: Clock,
    longest_pause_s: float = _LONGEST_PAUSE_S,
) -> None:
    """Run `work` until cancelled, with `every_s` seconds between runs.

    An exception is logged as `event`; the pause after it is 1 s, doubled up to `longest_pause_s` while runs keep
    failing. No work is lost, because it is still in the database.
    """
    first_pause_s = min(_FIRST_PAUSE_S, longest_pause_s)
    failures, pause_s = FailureLog(clock), first_pause_s
    while True:
        try:
            await work()
        except Exception as failure:
            failures.write(event, failure)
            if (task := asyncio.current_task()) is not None and task.cancelling():
                # It failed because of the cancellation, and must not undo it.
                raise asyncio.CancelledError from failure
            await clock.sleep(pause_s)
            pause_s = min(longest_pause_s, 2 * pause_s)
        else:
            pause_s = first_pause_s
            await clock.sleep(every_s)


async def try_until_done(work: Callable[[], Awaitable[object]], *, within_s: float, event: str, clock: Clock) -> None:
    """Run `work` until it succeeds, after transient faults again with a pause of 1 s, doubled up to 15 s.

    Each failure is logged as `event`. Raises a failure that is not transient, and any failure after `within_s` seconds.
    """
    failures, pause_s, give_up = FailureLog(clock), _FIRST_PAUSE_S, clock.running() + within_s
    while True:
        try:
            await work()
        except Exception as failure:
            if not is_transient(failure) or clock.running() + pause_s > give_up:
                raise
            failures.write(event, failure)
            await clock.sleep(pause_s)
            pause_s = min(_LONGEST_PAUSE_S, 2 * pause_s)
        else:
            return


def describe_error(error: BaseException) -> str:
    """Return the class name of the error that caused this one, its code, and what an errno means; our own text."""
    original = _find_cause(error)
    if isinstance(original, TransientFault):
        return str(original)
    kind, number = type(original).__name__, getattr(original, "errno", None)
    if isinstance(number, int):
        return f"{kind} {errno.errorcode.get(number, number)} ({os.strerror(number)})"
    if kind == "OperationalError" and getattr(original, "sqlstate", "") is None:
        # psycopg's, of a connection that could not be opened, or that was closed.
        return f"{kind} (PostgreSQL cannot be reached)"
    code = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None)
    return kind if code is None else f"{kind} {code}"


def _find_cause(error: BaseException) -> BaseException:
    """Return the driver's error, or the first of a chain of causes."""
    # A chain may be a circle.
    for _ in range(_CAUSES_MAX):
        inner = getattr(error, "orig", None) or error.__cause__
        if not isinstance(inner, BaseException):
            break
        error = inner
    return error
