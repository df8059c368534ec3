"""Permissions of the data folder in a process that has not set its umask."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from araldo.storage.local_blobs import LocalBlobs
from araldo.storage.private_files import make_private_file, make_private_folder, restrict_tree
from araldo.storage.vault import load_vault


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_existing_files_lose_others_permissions_and_keep_the_owners(tmp_path: Path) -> None:
    folder, outside = tmp_path / "data", tmp_path / "outside"
    outside.write_text("not ours")
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "link").symlink_to(outside)
    (folder / "dangling").symlink_to(tmp_path / "nowhere")
    for name, before in (("plain", 0o644), ("program", 0o755), ("fixed", 0o444)):
        (folder / name).touch()
        (folder / name).chmod(before)
    restrict_tree(folder)
    found = {path.name: mode(path) for path in (folder, *folder.rglob("*")) if not path.is_symlink()}
    assert found == {"data": 0o700, "deep": 0o700, "deeper": 0o700, "plain": 0o600, "program": 0o700, "fixed": 0o400}
    assert mode(outside) == 0o666


def test_created_files_and_folders_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_private_folder(folder)
    (folder / "araldo.db").write_bytes(b"rows")
    for _ in range(2):
        make_private_folder(folder)
        make_private_file(folder / "araldo.db")
    assert (mode(folder), mode(folder / "araldo.db")) == (0o700, 0o600)
    assert (folder / "araldo.db").read_bytes() == b"rows"


async def test_pictures_and_the_key_are_private(tmp_path: Path) -> None:
    load_vault(tmp_path / "data", [])
    digest = await LocalBlobs(tmp_path / "data" / "blobs").put(b"a picture")
    parts = ["", "secret.key", "blobs", "blobs/.turn", f"blobs/{digest[:2]}", f"blobs/{digest[:2]}/{digest}"]
    assert {name: oct(mode(tmp_path / "data" / name)) for name in parts} == {
        name: oct(0o600 if name.endswith((".turn", ".key", digest)) else 0o700) for name in parts
    }


def test_locks_of_a_database_that_is_open_are_kept(tmp_path: Path) -> None:
    """Without them another process that closes the database deletes the WAL under this one's connections."""
    path = tmp_path / "araldo.db"
    make_private_file(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as ours:
        ours.execute("PRAGMA journal_mode = WAL")
        ours.execute("CREATE TABLE notes (id INT)")
        make_private_file(path)
        write = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('INSERT INTO notes VALUES (1)')"
        subprocess.run([sys.executable, "-c", f"{write}; c.commit(); c.close()", path], check=True)
        assert (tmp_path / "araldo.db-wal").exists()
        assert ours.execute("SELECT count(*) FROM notes").fetchone() == (1,)
