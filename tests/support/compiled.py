"""SQLite engines that share SQLAlchemy's compiled statements, so that each is compiled once per process.

Compiling its statements is most of what a test with a database of its own costs, and the tests open thousands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event


class _First:
    """The process's first SQLite engine that has connected, and so initialized its dialect."""

    engine: Engine | None = None


def create_sharing_engine(url: str, **options: Any) -> Engine:
    """As `create_engine`, with the first engine's dialect and cache: the cache's keys contain the dialect."""
    own, first = create_engine(url, **options), _First.engine
    if own.dialect.name != "sqlite":
        return own
    if first is None:
        event.listen(own, "connect", lambda *_: setattr(_First, "engine", _First.engine or own))
    else:
        own.dialect, own._compiled_cache = first.dialect, first._compiled_cache
    return own


@pytest.fixture(scope="session", autouse=True)
def shared_compilation() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("araldo.storage.connections.create_engine", create_sharing_engine)
        yield
