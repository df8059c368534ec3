"""A house of its own for each test of the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from araldo.app import Araldo
from araldo.workspaces import store as workspace_store
from araldo.workspaces.keys import make_key
from tests.support.house import House, house


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        yield opened


async def connected_workspace(home: House, name: str) -> str:
    """A second workspace with the same Page connected, and a key of its own."""
    araldo, key = Araldo(home.settings), make_key()
    try:
        async with araldo.database.transaction() as transaction:
            made = await workspace_store.add(transaction, name, araldo.clock.now())
            await workspace_store.add_key(transaction, made.id, "", key, araldo.clock.now())
        connection = await araldo.connector.paste("meta", home.meta.mint(), made.id, None)
        await araldo.connector.choose(made.id, connection.id, None)
    finally:
        await araldo.close()
    return key.secret
