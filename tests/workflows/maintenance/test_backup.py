"""Backups: complete, consistent, verified, private; a broken one leaves nothing behind."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import sqlite3
import stat
import tarfile
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest
from alembic import command
from sqlalchemy import text

from araldo.messages import Message
from araldo.storage import connections
from araldo.storage.backup import archive as archive_module
from araldo.storage.backup.errors import BackupDamaged, BackupFailed, BackupTooNew
from araldo.storage.backup.snapshot import SnapshotDamaged, read_snapshot
from araldo.storage.backup.verify import VerifiedBackup, verify_backup
from araldo.storage.database import Database, migration_config
from araldo.storage.local_blobs import LocalBlobs
from araldo.workflows.maintenance import backup as backup_module
from araldo.workflows.maintenance.backup import BackupStep, BackupWriter
from tests.support.backups import (
    KEY,
    AwayBlobs,
    BackupHarness,
    change_manifest,
    make_backup_harness,
    members_of,
    rewrite,
)
from tests.support.clock import FakeClock
from tests.support.database import open_reading
from tests.support.migrated import copy_migrated_file


@pytest.fixture
async def source(database: Database, clock: FakeClock, tmp_path: Path) -> BackupHarness:
    return await make_backup_harness(database, clock, tmp_path / "source")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "araldo.tar"


def verify(path: Path, scratch: Path) -> VerifiedBackup:
    scratch.mkdir(exist_ok=True)
    (scratch / "verified.sqlite").unlink(missing_ok=True)
    return verify_backup(path, scratch, lambda _done, _total: None)


def names_beside(path: Path) -> list[str]:
    return [found.name for found in path.parent.iterdir()]


def mode_and_size(path: Path) -> tuple[int, int]:
    found = path.stat()
    return stat.S_IMODE(found.st_mode), found.st_size


def create_empty(path: Path) -> None:
    path.touch()


def content(path: Path) -> bytes:
    return path.read_bytes()


def rows_in(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as opened:
        return opened.execute(query).fetchall()


async def test_a_backup_has_the_rows_and_the_pictures(source: BackupHarness, target: Path, tmp_path: Path) -> None:
    steps: list[BackupStep] = []
    finished = await source.writer.write(target, progress=lambda step, _done, _total: steps.append(step))
    assert names_beside(target) == ["araldo.tar"]
    assert mode_and_size(target) == (0o600, finished.size)
    assert {BackupStep.PICTURES, BackupStep.VERIFICATION} <= set(steps)
    verified = verify(target, tmp_path / "scratch")
    assert verified.manifest == finished.manifest
    assert verified.keys == []
    with open_reading(source.database) as transaction:
        states = transaction.execute(text("SELECT id, state, wake_at IS NULL FROM deliveries ORDER BY id")).all()
        counts = {
            name: transaction.execute(text(f"SELECT count(*) FROM {name}")).scalar()
            for name in ("posts", "deliveries", "attempts", "events", "media", "accounts", "workspaces")
        }
    found = rows_in(verified.database, "SELECT id, state, wake_at IS NULL FROM deliveries ORDER BY id")
    assert [tuple(row) for row in states] == [(name, state, bool(no_wake)) for name, state, no_wake in found]
    assert counts == {name: finished.manifest.rows[name] for name in counts}
    members = members_of(target)
    assert sorted(name for name in members if name.startswith("blobs/")) == [f"blobs/{one}" for one in source.digests]
    assert all(hashlib.sha256(members[f"blobs/{one}"]).hexdigest() == one for one in source.digests)


async def test_it_is_one_snapshot_while_others_write(source: BackupHarness, target: Path, tmp_path: Path) -> None:
    """Every post has its delivery: neither is from before or after the other."""
    done = asyncio.Event()

    async def write_on() -> None:
        while not done.is_set():
            await source.publisher.add()
            await asyncio.sleep(0)

    writing = asyncio.create_task(write_on())
    await source.writer.write(target)
    done.set()
    await writing
    database = verify(target, tmp_path / "scratch").database
    lonely = "SELECT count(*) FROM posts WHERE id NOT IN (SELECT post_id FROM deliveries)"
    assert rows_in(database, lonely) == [(0,)]
    assert await source.database.read(lambda tx: tx.execute(text("SELECT count(*) FROM posts")).scalar_one()) > 6


async def test_keys_are_in_it_on_request_only(source: BackupHarness, target: Path, tmp_path: Path) -> None:
    await source.writer.write(target)
    assert KEY.encode() not in content(target)
    with_keys = target.with_name("keys.tar")
    await source.writer.write(with_keys, with_keys=True)
    assert verify(with_keys, tmp_path / "scratch").keys == [KEY]


async def test_an_existing_file_is_not_overwritten(source: BackupHarness, target: Path) -> None:
    create_empty(target)
    with pytest.raises(BackupFailed, match="exists already"):
        await source.writer.write(target)
    assert content(target) == b""


async def test_a_file_that_another_command_writes_meanwhile_is_not_overwritten(
    source: BackupHarness, target: Path
) -> None:
    def create(step: BackupStep, done: int, total: int) -> None:
        if step is BackupStep.VERIFICATION and done == total:
            create_empty(target)

    with pytest.raises(BackupFailed, match="exists already"):
        await source.writer.write(target, progress=create)
    assert (names_beside(target), content(target)) == ([target.name], b"")


async def test_a_store_that_is_away_is_named_and_leaves_no_half_file(source: BackupHarness, target: Path) -> None:
    writer = BackupWriter(url=source.database.url, blobs=AwayBlobs(), clock=source.clock, keys=lambda: [KEY])
    with pytest.raises(BackupFailed, match="does not answer"):
        await writer.write(target)
    assert names_beside(target) == []


async def test_pictures_that_the_disk_has_lost_are_named(source: BackupHarness, target: Path, tmp_path: Path) -> None:
    lost, spoilt, kept = source.digests
    source.blobs._path(lost).unlink()
    source.blobs._path(spoilt).write_bytes(b"something else")
    finished = await source.writer.write(target)
    assert sorted(finished.manifest.missing) == [lost, spoilt]
    assert finished.manifest.pictures == 1
    assert f"blobs/{kept}" in members_of(target)
    verify(target, tmp_path / "scratch")


@pytest.mark.parametrize("step", ["packed", "unfinished.tar", "verified.sqlite"])
async def test_a_full_disk_leaves_no_half_file(
    source: BackupHarness, target: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "open", _WithFullDisk(step), raising=False)
    with pytest.raises(BackupFailed, match="No space left on device"):
        await source.writer.write(target)
    assert names_beside(target) == []


class _WithFullDisk:
    """`open`, of which one file's disk is full."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, path: Path, mode: str, **options: Any) -> Any:
        if Path(path).name == self._name:
            return Path("/dev/full").open("wb")
        return open(path, mode, **options)  # noqa: PTH123 - with an opener


async def test_a_damaged_database_is_not_backed_up(
    source: BackupHarness, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_damage(_: Path) -> NoReturn:
        raise SnapshotDamaged(Message("backup.database_unreadable"))

    monkeypatch.setattr(backup_module, "read_snapshot", find_damage)
    with pytest.raises(BackupFailed, match="database is damaged"):
        await source.writer.write(target)
    assert names_beside(target) == []


def notify(event: asyncio.Event, loop: asyncio.AbstractEventLoop) -> None:
    loop.call_soon_threadsafe(event.set)


async def test_a_cancelled_backup_leaves_nothing(source: BackupHarness, target: Path) -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    writing = asyncio.create_task(
        source.writer.write(target, progress=lambda _step, _done, _total: notify(begun, loop))
    )
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert names_beside(target) == []


async def test_a_database_of_before_an_upgrade_is_backed_up_as_it_is(
    tmp_path: Path, clock: FakeClock, target: Path
) -> None:
    """A person makes a backup with the new version already installed."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    old = Database(url, clock)
    with connections.begin(old._engine) as connection:
        command.upgrade(migration_config(connection), "0011")
    await old.close()
    writer = BackupWriter(url=url, blobs=LocalBlobs(tmp_path / "blobs"), clock=clock, keys=list)
    finished = await writer.write(target)
    assert finished.manifest.revision == "0011"
    assert verify(target, tmp_path / "scratch").manifest == finished.manifest
    assert rows_in(tmp_path / "old.db", "SELECT version_num FROM alembic_version") == [("0011",)]


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A good backup, to be damaged."""

    async def make(folder: Path) -> bytes:
        copy_migrated_file(folder / "test.db")
        clock = FakeClock()
        opened = Database(f"sqlite:///{folder / 'test.db'}", clock)
        harness = await make_backup_harness(opened, clock, folder)
        await harness.writer.write(folder / "good.tar", with_keys=True)
        await opened.close()
        return (folder / "good.tar").read_bytes()

    return asyncio.run(make(tmp_path_factory.mktemp("good")))


@pytest.fixture
def good(made_once: bytes, target: Path) -> Path:
    target.write_bytes(made_once)
    return target


def refuse(path: Path, scratch: Path, why: str, error: type[Exception] = BackupDamaged) -> None:
    with pytest.raises(error, match=why):
        verify(path, scratch)


def test_a_file_that_was_cut_short_is_refused(good: Path, tmp_path: Path, made_once: bytes) -> None:
    verify(good, tmp_path / "scratch")
    for length in {0, 1, 511, 512, 700, len(made_once) // 2, len(made_once) - 20_000}:
        good.write_bytes(made_once[:length])
        refuse(good, tmp_path / "scratch", "incomplete")


def test_any_changed_byte_of_the_content_is_noticed(good: Path, tmp_path: Path, made_once: bytes) -> None:
    with tarfile.open(good) as archive:
        plain = [member for member in archive if member.name not in {"manifest.json", "database.sqlite.gz"}]
    assert len(plain) == 4
    for place in (member.offset_data + member.size // 2 for member in plain):
        good.write_bytes(made_once[:place] + bytes([made_once[place] ^ 1]) + made_once[place + 1 :])
        refuse(good, tmp_path / "scratch", "checksums|files that it should")
    # A changed byte of compressed data may stand for the same content, as among zeros.
    good.write_bytes(made_once)

    def change_the_database(members: dict[str, bytes]) -> None:
        content = gzip.decompress(members["database.sqlite.gz"])
        members["database.sqlite.gz"] = gzip.compress(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])

    rewrite(good, change_the_database)
    refuse(good, tmp_path / "scratch", "checksums")


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "blobs/../../evil", "blobs/" + "a" * 63, "blobs/" + "A" * 64, "more.txt", "blobs/"]
)
def test_other_names_are_refused_and_nothing_is_written(good: Path, tmp_path: Path, name: str) -> None:
    rewrite(good, lambda members: members.update({name: b"evil"}))
    refuse(good, tmp_path / "scratch", "files that it should")
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.XHDTYPE, tarfile.CHRTYPE])
def test_anything_but_plain_files_is_refused(good: Path, tmp_path: Path, kind: bytes) -> None:
    data = good.read_bytes()
    found = tarfile.TarInfo("secret.key")
    found.type, found.linkname = kind, "/etc/passwd"
    good.write_bytes(found.tobuf(tarfile.GNU_FORMAT) + data)
    refuse(good, tmp_path / "scratch", "files that it should")


def test_a_member_may_not_claim_more_than_there_is(good: Path, tmp_path: Path) -> None:
    data = good.read_bytes()
    for size in (len(data) * 2, 1 << 60):
        found = tarfile.TarInfo(f"blobs/{'a' * 64}")
        found.size = size
        good.write_bytes(found.tobuf(tarfile.GNU_FORMAT) + data)
        refuse(good, tmp_path / "scratch", "incomplete")


def test_a_file_twice_or_missing_is_refused(good: Path, tmp_path: Path) -> None:
    data = good.read_bytes()
    found = tarfile.TarInfo("secret.key")
    good.write_bytes(found.tobuf(tarfile.GNU_FORMAT) + data)
    refuse(good, tmp_path / "scratch", "files that it should")
    for gone in ("database.sqlite.gz", "secret.key", "blobs/"):
        good.write_bytes(data)
        rewrite(good, partial(remove, beginning=gone))
        refuse(good, tmp_path / "scratch", "files that it should")


def remove(members: dict[str, bytes], beginning: str) -> None:
    for name in [name for name in members if name.startswith(beginning)]:
        del members[name]


def test_a_bomb_is_stopped_at_the_size_that_was_announced(good: Path, tmp_path: Path) -> None:
    """Fifty megabytes of zeros in fifty kilobytes."""
    rewrite(good, lambda members: members.update({"database.sqlite.gz": gzip.compress(bytes(50_000_000))}))
    refuse(good, tmp_path / "scratch", "checksums")
    assert (tmp_path / "scratch" / "verified.sqlite").stat().st_size < 2_000_000
    change_manifest(good, database_bytes=1 << 60)
    refuse(good, tmp_path / "scratch2", "not enough free space", BackupFailed)


def replace_database(path: Path, tmp_path: Path, *statements: str) -> None:
    """Change the archive's database, and the manifest with it, as somebody with bad intentions would."""
    database = verify(path, tmp_path / "work").database
    with closing(sqlite3.connect(database, isolation_level=None)) as opened:
        for statement in statements:
            opened.execute(statement)
    data = database.read_bytes()
    rewrite(path, lambda members: members.update({"database.sqlite.gz": gzip.compress(data)}))
    change_manifest(path, database_bytes=len(data), database_sha256=hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("CREATE TRIGGER evil AFTER INSERT ON posts BEGIN DELETE FROM posts; END", "tables that it should"),
        ("CREATE VIRTUAL TABLE evil USING fts5(a)", "tables that it should"),
        ("ALTER TABLE audit_log RENAME TO other", "tables that it should"),
        ("ALTER TABLE posts ADD COLUMN evil", "tables that it should"),
        ("DELETE FROM posts WHERE id = (SELECT min(id) FROM posts)", "database is damaged"),
        ("DELETE FROM attempts", "checksums"),
        ("UPDATE media SET digest = replace(digest, 'a', 'b')", "files that it should"),
    ],
)
def test_a_database_with_other_things_in_it_is_refused(good: Path, tmp_path: Path, statement: str, why: str) -> None:
    replace_database(good, tmp_path, statement)
    refuse(good, tmp_path / "scratch", why)


def test_a_table_that_is_a_view_is_refused(good: Path, tmp_path: Path) -> None:
    replace_database(good, tmp_path, "ALTER TABLE users RENAME TO hidden", "CREATE VIEW users AS SELECT * FROM hidden")
    refuse(good, tmp_path / "scratch", "tables that it should")


def test_a_newer_format_and_a_newer_schema_are_refused_with_one_sentence(good: Path, tmp_path: Path) -> None:
    data = good.read_bytes()
    for values in ({"format": 2}, {"format": 2, "more": [1]}, {"revision": "9999"}):
        good.write_bytes(data)
        change_manifest(good, **values)
        refuse(good, tmp_path / "scratch", "was made by a newer version of Araldo", BackupTooNew)
    good.write_bytes(data)
    change_manifest(good, revision="0019", more=[1])
    refuse(good, tmp_path / "scratch", "files that it should")


@pytest.mark.parametrize("keys", [b"", b"garbage", b"\xff" * 44])
def test_keys_that_are_none_are_refused(good: Path, tmp_path: Path, keys: bytes) -> None:
    rewrite(good, lambda members: members.update({"secret.key": keys}))
    refuse(good, tmp_path / "scratch", "checksums")
    change_manifest(good, keys_sha256=hashlib.sha256(keys).hexdigest())
    refuse(good, tmp_path / "scratch", "files that it should")


def test_what_is_no_archive_is_refused(target: Path, tmp_path: Path) -> None:
    for data in (b"", b"hello", bytes(10_240), io.BytesIO(gzip.compress(b"x")).getvalue()):
        target.write_bytes(data)
        refuse(target, tmp_path / "scratch", "incomplete")
    with pytest.raises(SnapshotDamaged):
        read_snapshot(target)
