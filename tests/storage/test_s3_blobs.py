"""What is particular to blobs on S3: no deletion of what another stores, and errors that say what to do."""

from __future__ import annotations

import asyncio
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import obstore
import pytest

from araldo.local_faults import is_transient
from araldo.storage.blobs import BlobMissing, BlobStoreUnavailable
from araldo.storage.s3_blobs import S3Blobs
from tests.support.processes import free_port
from tests.support.s3 import BUCKET, S3Server

DATA = b"a picture"
LATER = timedelta(hours=1)


@pytest.fixture
def prefix() -> str:
    return f"of/{secrets.token_hex(4)}"


async def test_a_blob_stored_while_it_is_deleted_is_not_lost(
    s3: S3Server, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleting, storing = s3.open(prefix), s3.open(prefix)
    digest = await storing.put(DATA)
    await asyncio.sleep(2.1)
    between = datetime.now(UTC) - timedelta(seconds=1)
    whole = obstore.delete_async

    async def delete_after_another_has_stored(store: Any, key: str) -> None:
        await storing.put(DATA)
        await whole(store, key)

    with monkeypatch.context() as patched:
        patched.setattr(obstore, "delete_async", delete_after_another_has_stored)
        assert await deleting.delete_if_older(digest, between)
    assert await storing.get(digest) == DATA
    assert not await deleting.delete_if_older(digest, between)
    # It is found, so that it can be deleted when it is old and unused, and it can be stored again.
    later = datetime.now(UTC) + LATER
    assert [page async for page in deleting.list_older_than(later)] == [[digest]]
    assert await storing.put(DATA) == digest
    assert await deleting.delete_if_older(digest, later)
    with pytest.raises(BlobMissing):
        await storing.get(digest)


async def test_objects_of_others_are_left_alone(s3: S3Server, prefix: str) -> None:
    blobs = s3.open(prefix)
    await obstore.put_async(blobs._store, "notes/readme.txt", DATA)
    beside = s3.open(f"{prefix}-beside")
    digest = await beside.put(DATA)
    assert [page async for page in blobs.list_older_than(datetime.now(UTC) + LATER)] == []
    assert await beside.get(digest) == DATA


async def every_call(blobs: S3Blobs) -> list[str]:
    """Make each call and return the messages of their faults, which must be transient."""
    now = datetime.now(UTC)

    async def listing() -> None:
        async for _ in blobs.list_older_than(now):
            raise AssertionError("something was listed")

    said = []
    for call in (blobs.check(), blobs.put(DATA), blobs.get("0" * 64), listing(), blobs.delete_if_older("0" * 64, now)):
        with pytest.raises(BlobStoreUnavailable) as caught:
            await call
        assert is_transient(caught.value)
        said.append(str(caught.value))
    return said


@pytest.mark.parametrize("wrong", ["access_key_id", "secret_access_key"])
async def test_wrong_credentials_are_named(s3: S3Server, prefix: str, wrong: str) -> None:
    for said in await every_call(s3.open(prefix, **{wrong: "another"})):
        assert "refuses the access key" in said
        assert "ARALDO_BLOBS__SECRET_ACCESS_KEY" in said


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AWS_SESSION_TOKEN", "of-another-program"),
        ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_ACCESS_KEY_ID", "another"),
        ("AWS_SKIP_SIGNATURE", "true"),
        ("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true"),
    ],
)
async def test_variables_of_other_programs_change_nothing(
    s3: S3Server, prefix: str, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    await s3.open(prefix).check()


async def test_without_a_key_that_of_the_environment_is_used(
    s3: S3Server, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = s3.settings(prefix)
    assert known.access_key_id is not None
    assert known.secret_access_key is not None
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", known.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", known.secret_access_key.get_secret_value())
    await s3.open(prefix, access_key_id="", secret_access_key="").check()


async def test_a_missing_bucket_loses_no_picture(s3: S3Server, prefix: str) -> None:
    """A blob in a bucket that is not there is unavailable, not missing: a missing one is given up."""
    *storing, getting, listing, deleting = await every_call(s3.open(prefix, url=f"s3://{BUCKET}-none/{prefix}"))
    for said in (getting, listing, deleting):
        assert f"There is no bucket s3://{BUCKET}-none" in said
    # This server refuses to store there, as it would create a bucket for an administrator; Amazon says NoSuchBucket.
    assert all(f"s3://{BUCKET}-none" in said and "AccessDenied" in said for said in storing)


async def test_a_store_that_is_away_is_named_in_time(s3: S3Server, prefix: str) -> None:
    away = s3.open(prefix, endpoint=f"http://127.0.0.1:{free_port()}", timeout_s=2)
    began = time.monotonic()
    assert all("does not answer" in said for said in await every_call(away))
    assert time.monotonic() - began < 5 * 4


async def test_a_store_that_never_answers_is_given_up_in_time(s3: S3Server, prefix: str) -> None:
    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            writer.close()

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as silent:
        endpoint = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(BlobStoreUnavailable, match="does not answer"):
            await s3.open(prefix, endpoint=endpoint, timeout_s=0.3).get("0" * 64)
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("addressing", "url"),
    [("path", f"http://s3.example/{BUCKET}/of/"), ("virtual-host", f"http://{BUCKET}.s3.example/of/")],
)
async def test_the_bucket_is_in_the_path_or_in_the_host_name(
    s3: S3Server, addressing: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\nx")
        await writer.drain()
        writer.close()

    # A proxy is asked by the whole URL, so that no name has to be resolved.
    proxy = await asyncio.start_server(answer, "127.0.0.1", 0)
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
    async with proxy:
        blobs = s3.open("of", endpoint="http://s3.example", addressing=addressing)
        assert await blobs.get("0" * 64) == b"x"
    assert asked[0].decode().startswith(f"GET {url}{'0' * 64} HTTP/1.1\r\n")
