"""The stages of all services, each started once for a module that needs it, and the pictures that they fetch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from fastapi import FastAPI, Response

from tests.platforms.contract import Stages, jpeg
from tests.support.serving import serve


@pytest.fixture(scope="module")
def served_pictures() -> Iterator[str]:
    app = FastAPI()

    @app.get("/{color}/{width}x{height}.jpg")
    async def picture(color: str, width: int, height: int) -> Response:
        return Response(jpeg(width, height, color), media_type="image/jpeg")

    with serve(app) as url:
        yield url


@pytest.fixture(scope="module")
def stages(served_pictures: str) -> Iterator[Stages]:
    with ExitStack() as running:
        yield Stages(served_pictures, running.enter_context)
