"""Start one image worker process, send it jobs, and handle its exit."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from araldo.images.worker_protocol import HEAD, MAX_MESSAGE, ImageJob, Reply, decode_reply, encode

# The environment variables that the worker gets: what an interpreter needs to start, and no secret.
_INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZ", "HOME")
_READ_AHEAD = 256 * 1024
_STOP_S = 5.0


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Limits of one worker process, in seconds and bytes.

    Past `cpu_s` or `resident` it is replaced once its jobs are done; past `most_cpu_s` the system kills it, past
    `address_space` it gets no more memory. After `idle_s` without a job it is stopped.
    """

    cpu_s: float = 60.0
    most_cpu_s: int = 120
    address_space: int = 2 * 1024**3
    resident: int = 256 * 1024**2
    idle_s: float = 120.0
    threads: int = 4


class ProcessDied(Exception):
    """The process exited during a job. `alone`: it had no other job; `killed`: from outside, or it never started."""

    def __init__(self, why: str, *, alone: bool, killed: bool) -> None:
        super().__init__(why)
        self.alone = alone
        self.killed = killed


class WorkerProcess:
    """One image worker. `on_idle` is called whenever its last job is done, `on_end` once when it has exited."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        limits: WorkerLimits,
        on_idle: Callable[[WorkerProcess], None],
        on_end: Callable[[WorkerProcess], None],
    ) -> None:
        self._process = process
        self._reader, self._writer = streams
        self._limits = limits
        self._on_idle = on_idle
        self._on_end = on_end
        self._numbers = itertools.count(1)
        self._pending: dict[int, asyncio.Future[Reply]] = {}
        self._ready = False
        self._stopped = False
        self.needs_replacement = False
        self.ended = asyncio.ensure_future(self._read_replies())

    @classmethod
    async def start(
        cls, limits: WorkerLimits, on_idle: Callable[[WorkerProcess], None], on_end: Callable[[WorkerProcess], None]
    ) -> Self:
        """Start a worker. Raises OSError when the system cannot start another process."""
        # Not in another thread: Linux kills the worker when the thread that started it ends.
        process, connection = _spawn(limits)
        try:
            connection.setblocking(False)
            streams = await asyncio.open_connection(sock=connection, limit=_READ_AHEAD)
        except BaseException:
            connection.close()
            process.kill()
            process.wait()
            raise
        return cls(process, streams, limits, on_idle, on_end)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def busy(self) -> bool:
        return bool(self._pending)

    async def run(self, job: ImageJob) -> Reply:
        """Send a job and wait for its reply. Raises ProcessDied."""
        if self.ended.done() or self._stopped:
            raise ProcessDied("it has ended already", alone=False, killed=True)
        number = next(self._numbers)
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._pending[number] = answer
        self._writer.write(encode((number, job)))
        # A lost connection is handled where replies are read.
        with suppress(ConnectionError):
            await self._writer.drain()
        return await answer

    def stop(self) -> None:
        """Close the connection, on which the worker exits."""
        self._stopped = True
        self._writer.close()

    def kill(self) -> None:
        self._stopped = True
        with suppress(ProcessLookupError):
            self._process.kill()

    async def _read_replies(self) -> None:
        try:
            while True:
                length = HEAD.unpack(await self._reader.readexactly(HEAD.size))[0]
                if length > MAX_MESSAGE:
                    raise pickle.UnpicklingError(f"a reply of {length} bytes")
                self._handle_reply(decode_reply(await self._reader.readexactly(length)))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except pickle.UnpicklingError:
            # Our own code does not reply like this: the worker is compromised.
            self.kill()
        finally:
            await self._handle_exit()

    def _handle_reply(self, reply: Reply) -> None:
        self._ready = True
        self.needs_replacement = self.needs_replacement or (
            reply.cpu_s > self._limits.cpu_s or reply.resident > self._limits.resident
        )
        answer = self._pending.pop(reply.number, None)
        if answer is not None and not answer.done():
            answer.set_result(reply)
        if reply.kind != "ready" and not self._pending:
            self._on_idle(self)

    async def _handle_exit(self) -> None:
        self._writer.close()
        code: int | None = None
        try:
            code = await self._exit_code()
        finally:
            # Also when the exit code cannot be read: nobody may wait for a worker that will not reply.
            self._fail_pending(code)
            self._on_end(self)

    async def _exit_code(self) -> int:
        try:
            return await asyncio.to_thread(self._process.wait, _STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return await asyncio.to_thread(self._process.wait)

    def _fail_pending(self, code: int | None) -> None:
        killed = self._stopped or not self._ready or code in (None, -signal.SIGKILL)
        died = (f"the image process ended with {code}", len(self._pending) == 1, killed)
        pending, self._pending = list(self._pending.values()), {}
        for answer in pending:
            if not answer.done():
                answer.set_exception(ProcessDied(died[0], alone=died[1], killed=died[2]))


def _spawn(limits: WorkerLimits) -> tuple[subprocess.Popen[bytes], socket.socket]:
    options: dict[str, Any] = {
        "parent": os.getpid(),
        "cpu_s": limits.most_cpu_s,
        "address_space": limits.address_space,
        "threads": limits.threads,
    }
    ours, theirs = socket.socketpair()
    try:
        process = subprocess.Popen(  # noqa: S603 - our own module
            # -P: import nothing from the working directory. Warnings about untrusted files are ignored.
            [sys.executable, "-P", "-W", "ignore", "-m", "araldo.images.worker", json.dumps(options)],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            # Ctrl-C goes to the whole process group; we stop the worker ourselves, after its jobs.
            start_new_session=True,
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return process, ours


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    # More malloc arenas would count as address space and be released late.
    return {**kept, "MALLOC_ARENA_MAX": "2"}
