"""Fixtures: a sandbox on loopback, an independent client, and a host of pictures to fetch."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from araldo.sandbox.app import create_app
from tests.sandbox.control import Control
from tests.sandbox.meta import Meta, picture_host
from tests.support.serving import serve, serve_made


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    with serve_made(lambda url: create_app(public_url=url)) as url:
        yield url


@pytest.fixture(scope="session")
def pictures() -> Iterator[str]:
    """Base URL of a host that serves what picture_host() says."""
    with serve(picture_host()) as url:
        yield url


@pytest.fixture
async def meta(sandbox_url: str) -> AsyncIterator[Meta]:
    """Yield a client of the reset sandbox, without the default delay of containers."""
    async with aiohttp.ClientSession() as session:
        client = Meta(sandbox_url, session)
        await client.control("POST", "reset")
        await client.control("POST", "settings", {"container_delay_s": 0})
        yield client


@pytest.fixture
def control(sandbox_url: str) -> Control:
    """Return the control plane of the reset sandbox."""
    reached = Control(sandbox_url)
    reached("POST", "reset")
    return reached
