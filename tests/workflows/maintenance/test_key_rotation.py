"""A new key for everything sealed, while others read and write: nothing is lost, and the old key can go."""

from __future__ import annotations

import ast
import os
import stat
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import insert, select, update

from araldo.errors import Conflict
from araldo.storage.database import Database, Transaction
from araldo.storage.push_tables import push_devices, push_keys
from araldo.storage.schema import accounts, connections, earlier_credentials, user_totp, webhooks
from araldo.storage.sealed_columns import SEALED_COLUMNS, sealed_values
from araldo.storage.user_tables import members, sessions
from araldo.storage.vault import Vault, VaultKeyLost, key_file, load_vault
from araldo.workflows.maintenance.key_rotation import KeyRotation, OldKeyInUse, ResealResult
from araldo.workspaces import session_store, user_store
from araldo.workspaces import store as workspace_store
from tests.support.clock import FakeClock
from tests.support.database import open_transaction

SOURCE = Path(__file__).parents[3] / "src" / "araldo"
_Value = TypeVar("_Value")
# Rows of accounts: more than a slice.
ACCOUNTS = 150


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    return made


@pytest.fixture
def vault(folder: Path) -> Vault:
    return load_vault(folder, [])


@pytest.fixture
async def filled(database: Database, vault: Vault, clock: FakeClock) -> Database:
    """A value in every sealed column."""
    with open_transaction(database, clock) as transaction:
        fill(transaction, vault)
    return database


def fill(transaction: Transaction, vault: Vault) -> None:
    now = transaction.now
    workspace = workspace_store.get_or_create_first(transaction, now)
    user = user_store.get_or_create_first(transaction, now)
    of = {"workspace_id": workspace.id, "created_at": now}
    account = {"kind": "wall", "service": "made_up", "name": "W", "is_default": False, "health": "ok", **of}
    transaction.execute(
        insert(accounts),
        [
            {"id": f"acc_{number}", "remote_id": str(number), "connected_at": now, **account}
            | {"credentials": vault.seal(f"token {number}")}
            for number in range(ACCOUNTS)
        ],
    )
    earlier = {"account_id": "acc_0", "token": vault.seal("earlier"), "read_token": vault.seal("read"), "facts": {}}
    transaction.execute(insert(earlier_credentials).values(earlier))
    log_in = {"id": "con_1", "service": "made_up", "status": "pending", "expires_at": now, **of}
    transaction.execute(
        insert(connections).values(found=vault.seal("found"), remembered=vault.seal("remembered"), **log_in)
    )
    hook = {"id": "hook_1", "url": "https://x.example", "active": True, "note": "", "updated_at": now, **of}
    secrets = {"secret": vault.seal("secret"), "old_secret": vault.seal("old secret")}
    transaction.execute(insert(webhooks).values(**hook, **secrets))
    totp = {"user_id": user.id, "last_step": 0, "created_at": now}
    transaction.execute(insert(user_totp).values(secret=vault.seal("totp"), **totp))
    pair = {"id": "vapid", "public_key": "public", "private_key": vault.seal("private"), "created_at": now}
    transaction.execute(insert(push_keys).values(pair))
    session_store.add(transaction, "hash", user.id, workspace.id, "", now)
    member_id = transaction.execute(select(members.c.id)).scalar_one()
    session_id = transaction.execute(select(sessions.c.id)).scalar_one()
    browser = {"id": "dev_1", "member_id": member_id, "session_id": session_id, "endpoint_hash": "", **of}
    transaction.execute(insert(push_devices).values(subscription=vault.seal("subscription"), **browser))


TOKENS = [f"token {number}" for number in range(ACCOUNTS)]
OTHERS = ["earlier", "read", "found", "remembered", "secret", "old secret", "totp", "private", "subscription"]
SECRETS = sorted([*TOKENS, *OTHERS])
TOTAL = len(SECRETS)


def rotation_of(database: Database, vault: Vault, folder: Path) -> KeyRotation:
    return KeyRotation(database=database, vault=vault, data_dir=folder, key_file=key_file(folder))


def keys_in(folder: Path) -> list[str]:
    path = key_file(folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path.read_text().split()


def age(folder: Path, seconds: float) -> None:
    """Let the key file be that much older."""
    found = key_file(folder).stat()
    os.utime(key_file(folder), (found.st_atime, found.st_mtime - seconds))


async def values_of(database: Database) -> list[str]:
    return await database.read(lambda transaction: list(sealed_values(transaction)))


async def secrets_of(database: Database, vault: Vault) -> list[str]:
    return sorted(map(vault.open, await values_of(database)))


async def test_everything_is_sealed_with_the_new_key_and_the_old_one_can_go(
    filled: Database, vault: Vault, folder: Path
) -> None:
    (old,) = keys_in(folder)
    rotation = rotation_of(filled, vault, folder)
    assert await rotation.rotate() == ResealResult(TOTAL, 0)
    new, kept = keys_in(folder)
    assert kept == old
    assert sorted(map(Vault([new]).open, await values_of(filled))) == SECRETS
    with pytest.raises(OldKeyInUse):
        await rotation.drop_old_keys()
    age(folder, 61)
    assert await rotation.drop_old_keys() == ResealResult(0, 0)
    assert keys_in(folder) == [new]
    # A process that ran all the time, and one that starts now.
    assert await secrets_of(filled, vault) == await secrets_of(filled, load_vault(folder, [])) == SECRETS


async def test_a_running_process_reads_and_writes_with_the_new_key(
    filled: Database, vault: Vault, folder: Path
) -> None:
    """`vault` is the command's; `other` belongs to a server that started before."""
    other = load_vault(folder, [])
    signed = other.sign("url")
    sealed_before = other.seal("before")
    await rotation_of(filled, vault, folder).rotate()
    assert await secrets_of(filled, other) == SECRETS
    new = Vault(keys_in(folder)[:1])
    assert new.open(other.seal("after")) == "after"
    assert (other.open(sealed_before), other.verify("url", signed)) == ("before", True)
    age(folder, 61)
    await rotation_of(filled, vault, folder).drop_old_keys()
    assert other.keys == new.keys
    with pytest.raises(VaultKeyLost):
        other.open(sealed_before)


async def test_what_another_process_signs_with_the_new_key_is_accepted(vault: Vault, folder: Path) -> None:
    other = load_vault(folder, [])
    put_new_key_in_front(folder)
    assert other.verify("url", vault.sign("url"))
    assert not other.verify("url", "wrong")


def put_new_key_in_front(folder: Path) -> None:
    path = key_file(folder)
    path.write_text(f"{Fernet.generate_key().decode()}\n{path.read_text()}")


async def test_a_token_that_is_renewed_meanwhile_is_not_lost(
    filled: Database, vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process stores a token, sealed with the key that it has still, between the read and the write."""
    old = Vault(keys_in(folder))
    renewed: list[str] = []
    write = filled.write

    async def renew_first(function: Callable[[Transaction], _Value], **options: Any) -> _Value:
        if not renewed:
            renewed.append(old.seal("renewed"))
            change = update(accounts).where(accounts.c.id == "acc_7").values(credentials=renewed[0])
            await write(lambda transaction: transaction.execute(change).rowcount)
        return await write(function, **options)

    monkeypatch.setattr(filled, "write", renew_first)
    result = await rotation_of(filled, vault, folder).rotate()
    monkeypatch.undo()
    assert result == ResealResult(TOTAL, 0)
    token = await filled.read(
        lambda tx: tx.execute(select(accounts.c.credentials).where(accounts.c.id == "acc_7")).scalar_one()
    )
    assert Vault(keys_in(folder)[:1]).open(token) == "renewed"


async def test_what_no_key_opens_stays_and_is_counted(filled: Database, vault: Vault, folder: Path) -> None:
    lost = Vault([Fernet.generate_key().decode()]).seal("lost")
    change = update(accounts).where(accounts.c.id == "acc_7").values(credentials=lost)
    await filled.write(lambda transaction: transaction.execute(change).rowcount)
    assert await rotation_of(filled, vault, folder).rotate() == ResealResult(TOTAL - 1, 1)
    assert lost in await values_of(filled)


async def test_keys_of_the_settings_are_used_as_they_are(filled: Database, vault: Vault, folder: Path) -> None:
    new = Fernet.generate_key().decode()
    configured = Vault([new, *keys_in(folder)])
    before = keys_in(folder)
    rotation = KeyRotation(database=filled, vault=configured, data_dir=folder, key_file=None)
    assert await rotation.rotate() == ResealResult(TOTAL, 0)
    assert await rotation.drop_old_keys() == ResealResult(0, 0)
    assert await secrets_of(filled, Vault([new])) == SECRETS
    assert keys_in(folder) == before


async def test_two_rotations_do_not_run_at_once(filled: Database, vault: Vault, folder: Path) -> None:
    first, second = rotation_of(filled, vault, folder), rotation_of(filled, load_vault(folder, []), folder)
    with first._alone(), pytest.raises(Conflict):
        await second.rotate()
    assert len(keys_in(folder)) == 1


def test_a_spoilt_or_missing_key_file_changes_nothing_in_a_running_process(vault: Vault, folder: Path) -> None:
    sealed = vault.seal("token")
    for spoilt in ("", "garbage", "x" * 44):
        key_file(folder).write_text(spoilt)
        assert vault.open(vault.seal("other")) == "other"
        assert vault.open(sealed) == "token"
    key_file(folder).unlink()
    assert vault.open(sealed) == "token"


def test_every_place_that_seals_is_known() -> None:
    """What is sealed somewhere else is missed by the rotation: add its column to `SEALED_COLUMNS`, then its place here.

    `connect`: what a log-in remembers, found accounts, credentials; `credentials`: renewed ones; `earlier_credentials`:
    those made of an earlier version's tokens; `webhooks`: a new secret, and the one that replaces it, whose predecessor
    becomes `old_secret`; `second_factor`: the TOTP secret;
    `push_keys`: the private key of push; `push_devices`: a browser's subscription.
    """
    found = Counter(
        file.stem
        for file in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "seal"
    )
    # The vault itself seals again.
    assert found == {
        "connect": 3,
        "credentials": 1,
        "earlier_credentials": 1,
        "webhooks": 2,
        "second_factor": 1,
        "push_keys": 1,
        "push_devices": 1,
        "vault": 1,
    }
    assert len(SEALED_COLUMNS) == 10
