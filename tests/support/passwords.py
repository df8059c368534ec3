"""Passwords hashed at little cost: as many tests sign in as a busy server's people do in an hour."""

from __future__ import annotations

from collections.abc import Iterator

import argon2
import pytest


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """A hash takes 1 ms of CPU instead of 170. `real_passwords` has the product's own."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr("araldo.workspaces.passwords.PasswordHasher", lambda: cheap)
        yield


@pytest.fixture
def real_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("araldo.workspaces.passwords.PasswordHasher", argon2.PasswordHasher)
