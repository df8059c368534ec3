"""Blob files: atomic writes, nothing left by a failure, and no deletion of another writer's file."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from pathlib import Path

import pytest

from araldo.sandbox.common.disk import DiskStorage
from araldo.storage.local_blobs import LocalBlobs
from araldo.storage.vault import load_vault

NO_SPACE = OSError(errno.ENOSPC, "No space left on device")
DATA = b"a picture"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != ".turn")


@pytest.mark.parametrize("error", [NO_SPACE, OSError(errno.EIO, "I/O error"), MemoryError()], ids=repr)
@pytest.mark.parametrize("at", ["fsync", "replace"])
async def test_a_write_that_fails_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, at: str
) -> None:
    def fails(*_: object) -> None:
        assert files(tmp_path)
        raise error

    blobs = LocalBlobs(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(os if at == "fsync" else Path, at, fails)
        with pytest.raises(type(error)):
            await blobs.put(DATA)
    assert files(tmp_path) == []
    assert await blobs.get(await blobs.put(DATA)) == DATA


async def test_a_write_that_is_cancelled_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, goes_on, whole = threading.Event(), threading.Event(), os.fsync

    def slow(descriptor: int) -> None:
        begun.set()
        assert goes_on.wait(20)
        whole(descriptor)

    monkeypatch.setattr(os, "fsync", slow)
    putting = asyncio.create_task(LocalBlobs(tmp_path).put(DATA))
    await asyncio.to_thread(begun.wait, 20)
    putting.cancel()
    asyncio.get_running_loop().call_later(0.05, goes_on.set)
    with pytest.raises(asyncio.CancelledError):
        await putting
    assert files(tmp_path) == []


async def test_a_file_stored_by_another_writer_is_not_discarded(tmp_path: Path) -> None:
    ours, theirs = LocalBlobs(tmp_path), LocalBlobs(tmp_path)
    digest = await ours.put(DATA)
    await ours.discard(digest)
    assert files(tmp_path) == []

    await theirs.put(DATA)
    await ours.put(DATA)
    await ours.discard(digest)
    assert files(tmp_path) == [digest]

    other = await ours.put(b"another")
    await theirs.put(b"another")
    await ours.discard(other)
    assert files(tmp_path) == sorted([digest, other])
    await ours.discard("0" * 64)


@pytest.mark.parametrize("is_one_process", [True, False])
async def test_concurrent_writers_of_the_same_bytes_do_not_delete_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_one_process: bool
) -> None:
    one = LocalBlobs(tmp_path)
    other = one if is_one_process else LocalBlobs(tmp_path)
    both_have_written, whole = threading.Barrier(2, timeout=20), os.fsync

    def fsync(file: int) -> None:
        whole(file)
        both_have_written.wait()

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        digest, same = await asyncio.gather(one.put(DATA), other.put(DATA))
    assert digest == same
    # Each of them as the one whose transaction fails, while the other's row is not written yet.
    await one.discard(digest)
    await other.discard(digest)
    assert await one.get(digest) == DATA
    assert files(tmp_path) == [digest]


def test_a_failed_key_file_write_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: int) -> None:
        raise NO_SPACE

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="No space"):
        load_vault(tmp_path, [])
    assert files(tmp_path) == []


def test_a_failed_sandbox_picture_write_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = DiskStorage(tmp_path)

    def fails(*_: object) -> None:
        raise NO_SPACE

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", fails)
        with pytest.raises(OSError, match="No space"):
            disk.put_picture("1", DATA)
    assert files(tmp_path / "pictures") == []
    disk.put_picture("1", DATA)
    assert disk.picture("1") == DATA
    disk.close()
