"""The harness of the webhook tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from araldo.http import Http
from araldo.storage.database import Database
from tests.support.clock import FakeClock
from tests.support.receiver import running_receiver
from tests.support.webhook_harness import WebhookHarness, open_harness


@pytest.fixture
async def harness(database: Database, clock: FakeClock) -> AsyncIterator[WebhookHarness]:
    async with running_receiver() as receiver, Http(allow=[receiver.pair]) as http:
        yield await open_harness(database, clock, receiver, http)
