"""Applications of one test process that draw in one image process, which each would start at its first picture.

To start one and to draw a first picture in it takes most of the CPU of what tests draw. It keeps nothing of a job but
caches, and knows no secrets: see tests/images/test_process.py, which is about image processes of its own.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from araldo.images.process import ImageProcess
from araldo.images.worker_process import WorkerLimits
from araldo.images.worker_protocol import Reply

# Between two tests with pictures there may be many without.
_IDLE_S = 3600.0


class _SharedProcess:
    """An image process with an event loop of its own, in a thread that lives as long: its worker dies with it."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._images = ImageProcess(WorkerLimits(idle_s=_IDLE_S))
        self._starting = threading.Lock()

    async def run_job(self, call: Any) -> Reply:
        """Run a job from another event loop. When this is cancelled, the job is, unless it was sent."""
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="shared images", daemon=True)
                self._thread.start()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._images._run_job(call), self._loop))

    def close(self) -> None:
        if self._loop is not None and self._thread is not None:
            asyncio.run_coroutine_threadsafe(self._images.close(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


class _SharingImageProcess(ImageProcess):
    """The image process of one application: its observer and its end are its own, its workers are shared."""

    shared: _SharedProcess

    async def _run_job(self, call: Any) -> Reply:
        self._require_open()
        return await self.shared.run_job(call)


@pytest.fixture(scope="session", autouse=True)
def shared_images() -> Iterator[None]:
    _SharingImageProcess.shared = _SharedProcess()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("araldo.app.ImageProcess", _SharingImageProcess)
        yield
    _SharingImageProcess.shared.close()


@contextmanager
def own_image_processes() -> Iterator[None]:
    """Applications that are built in this block start image processes of their own, as the product does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("araldo.app.ImageProcess", ImageProcess)
        yield
