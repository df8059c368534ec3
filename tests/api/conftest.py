"""A running system for each test module, reset for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from araldo.app import Araldo
from araldo.workspaces import store as workspace_store
from araldo.workspaces.keys import make_key
from tests.support.database import open_transaction
from tests.support.running_system import RunningSystem, reset_system, start_system


@pytest.fixture(scope="module")
def running_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """Started once per module. Modules whose tests need other settings override this fixture."""
    with start_system(tmp_path_factory.mktemp("system"), connect=False) as opened:
        yield opened


@pytest.fixture
def home(running_system: RunningSystem) -> Iterator[RunningSystem]:
    with reset_system(running_system) as lent:
        yield lent


@pytest.fixture
def empty(running_system: RunningSystem) -> Iterator[RunningSystem]:
    """As `home`, without connected accounts."""
    with reset_system(running_system, connect=False) as lent:
        yield lent


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningSystem]:
    """A running system on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("home")
        return
    with start_system(tmp_path, database={"url": request.getfixturevalue("fresh_postgres")}) as opened:
        yield opened


async def connected_workspace(home: RunningSystem, name: str) -> str:
    """Create a second workspace with the same Page connected, and return an API key of it."""
    araldo, key = Araldo(home.settings), make_key()
    try:
        with open_transaction(araldo.database) as transaction:
            made = workspace_store.add(transaction, name, araldo.clock.now())
            workspace_store.add_key(transaction, made.id, "", key, araldo.clock.now())
        connection, _ = await araldo.connector.begin("meta", "token", {"token": home.meta.mint()}, made.id, None)
        await araldo.connector.connect_chosen(made.id, connection.id, None)
    finally:
        await araldo.close()
    return key.secret
