"""Main program of the image worker: read jobs from the socket on standard input, reply, exit when it closes.

Started by `images.worker_process` as a separate interpreter without our environment, descriptors and memory.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import pickle
import resource
import select
import signal
import socket
import sys
import threading
import time
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from araldo.images.unusable import UnusablePicture
from araldo.images.worker_protocol import HEAD, JOBS, ImageJob, Reply, ReplyKind, encode

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_DESCRIPTORS = 64
# Seconds between SIGXCPU, which a process may ignore, and SIGKILL.
_CPU_GRACE_S = 5
# Added to the niceness of all threads but those that draw previews: the publisher gets a core first, then who waits.
_NICENESS = 5
# Without a request for so many seconds, freed memory is returned to the system.
_PAUSE_S = 1.0


def main(options: str) -> None:
    settings = json.loads(options)
    _end_with_parent(settings["parent"])
    _set_limits(cpu_s=settings["cpu_s"], address_space=settings["address_space"])
    Worker(socket.socket(fileno=0), settings["threads"]).run()


class Worker:
    def __init__(self, connection: socket.socket, threads: int) -> None:
        self._connection = connection
        self._pool = ThreadPoolExecutor(threads, initializer=_lower_priority)
        self._previews = ThreadPoolExecutor(threads)
        self._sending = threading.Lock()
        self._jobs: set[Future[None]] = set()

    def run(self) -> None:
        """Serve jobs until the other side closes, then exit at once, even during a job."""
        self._reply(0, "ready", None)
        while (head := self._read_head()) is not None:
            length = HEAD.unpack(head)[0]
            if len(body := self._read(length)) < length:
                break
            # Only our parent holds the other end.
            number, job = pickle.loads(body)  # noqa: S301 - from our parent only
            del body
            pool = self._previews if job.is_preview else self._pool
            self._jobs.add(pool.submit(self._work, number, job))
            del job
        os._exit(0)

    def _read_head(self) -> bytes | None:
        """Return the next message's head, None at the end; return freed memory in the first pause after any job."""
        while self._jobs and not select.select([self._connection], [], [], _PAUSE_S)[0]:
            self._jobs = {job for job in self._jobs if not job.done()}
            if not self._jobs:
                _return_freed_memory()
        head = self._read(HEAD.size)
        return head if len(head) == HEAD.size else None

    def _read(self, length: int) -> bytes:
        """Return so many bytes, fewer at the end. Nothing is read ahead, so `select` knows what has arrived."""
        return self._connection.recv(length, socket.MSG_WAITALL)

    def _work(self, number: int, job: ImageJob) -> None:
        try:
            kind, value = _execute(job)
            self._reply(number, kind, value)
        except BaseException:
            # Without a reply the parent would wait for ever; it notices an exit.
            traceback.print_exc()
            os._exit(1)

    def _reply(self, number: int, kind: ReplyKind, value: Any) -> None:
        message = encode(Reply(number, kind, value, time.process_time(), resident_bytes()))
        with self._sending:
            self._connection.sendall(message)


def _execute(job: ImageJob) -> tuple[ReplyKind, Any]:
    try:
        if (job.module, job.function) not in JOBS:
            raise LookupError(f"no such job: {job.module}.{job.function}")
        function = getattr(importlib.import_module(job.module), job.function)
        return "result", function(*job.arguments, **job.options)
    except UnusablePicture as unfit:
        return "unusable", unfit.code
    except ValueError as wrong:
        return "invalid", str(wrong)
    except MemoryError:
        return "no_memory", None
    except Exception:
        return "bug", traceback.format_exc()


def resident_bytes() -> int:
    """Return the process's resident memory in bytes; the peak where the system does not tell the current value."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _lower_priority() -> None:
    # Elsewhere this would be the whole process's niceness.
    if sys.platform == "linux":
        os.nice(_NICENESS)


def _return_freed_memory() -> None:
    """Return the memory that pictures took and freed to the system, where its C library (glibc) can."""
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _end_with_parent(parent: int) -> None:
    """On Linux, get killed when the thread that started us ends; elsewhere the closed socket ends us."""
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        system.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:
        # The parent had exited before the signal was set up.
        os._exit(0)


def _set_limits(*, cpu_s: int, address_space: int) -> None:
    limits = [
        (resource.RLIMIT_CPU, cpu_s, cpu_s + _CPU_GRACE_S),
        (resource.RLIMIT_AS, address_space, address_space),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS, _DESCRIPTORS),
        # A core dump would contain people's photos.
        (resource.RLIMIT_CORE, 0, 0),
    ]
    for kind, soft, hard in limits:
        # The system has no such limit, or a lower one already.
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))


if __name__ == "__main__":
    main(sys.argv[1])
