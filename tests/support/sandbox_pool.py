"""Running sandboxes that tests use one after another: to build one takes as long as what most tests do with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from araldo.sandbox.app import create_app
from tests.support.serving import serve_made


class SandboxPool:
    """Sandboxes of this process, in memory; records, log, faults, settings and clock are the next user's to reset.

    Only while it is open: a program that never closes it would wait for their threads when it ends.
    """

    def __init__(self) -> None:
        self._opened: ExitStack | None = None
        self._free: list[str] = []

    def open(self) -> None:
        self._opened = ExitStack()

    def close(self) -> None:
        opened, self._opened = self._opened, None
        self._free.clear()
        if opened is not None:
            opened.close()

    @contextmanager
    def sandbox(self) -> Iterator[str]:
        """Yield the URL of a sandbox, for the caller alone."""
        if self._opened is None:
            with _serve() as url:
                yield url
            return
        url = self._free.pop() if self._free else self._opened.enter_context(_serve())
        yield url
        self._free.append(url)


def _serve() -> AbstractContextManager[str]:
    return serve_made(_create)


def _create(url: str) -> FastAPI:
    """Create a sandbox with a control call of the tests' own: read all records, and begin again with such records."""
    app = create_app(public_url=url)
    store, faults = app.state.store, app.state.faults

    async def records(request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse(store.dump())
        faults.clear()
        store.clear()
        store.restore(await request.json())
        return JSONResponse({"success": True})

    # Before the routes that take every path.
    app.router.routes.insert(0, Route("/_sandbox/records", records, methods=["GET", "PUT"]))
    return app


SANDBOXES = SandboxPool()
