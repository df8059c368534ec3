"""Engines of one database that share SQLAlchemy's compiled statements, so that each is compiled once per process.

Compiling its statements is most of what a test with a database of its own costs, and the tests open thousands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event

from tests.support.kept_connections import KEPT_CONNECTIONS

# The process's first engine of each kind of database that has connected, and so initialized its dialect.
_FIRST: dict[str, Engine] = {}


def create_sharing_engine(url: str, **options: Any) -> Engine:
    """As `create_engine`, with the first engine's dialect and cache: the cache's keys contain the dialect."""
    own = create_engine(url, **options)
    if own.dialect.name == "postgresql":
        event.listen(own, "do_connect", KEPT_CONNECTIONS.connect)
    first = _FIRST.get(own.dialect.name)
    if first is None:
        event.listen(own, "connect", lambda *_: _FIRST.setdefault(own.dialect.name, own))
    else:
        own.dialect, own._compiled_cache = first.dialect, first._compiled_cache
    return own


@pytest.fixture(scope="session", autouse=True)
def shared_compilation() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("araldo.storage.connections.create_engine", create_sharing_engine)
        yield
