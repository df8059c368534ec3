"""Blobs in a bucket of any S3-compatible store, for several machines.

S3 cannot compare and delete in one step, so a blob that is no longer needed is first copied to `unused/` and only then
deleted: a writer that stores the same bytes in between loses nothing, because `get` also looks there. The copy has a
key of its own that nobody stores again, and is deleted once it is old itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from araldo.messages import Message
from araldo.storage.blob_settings import BlobSettings
from araldo.storage.blobs import PAGE_MAX, BlobMissing, BlobStoreUnavailable, is_digest, require_digest

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config, S3Credential, S3Store

log = structlog.get_logger()

_CONNECT_TIMEOUT = timedelta(seconds=5)
_RETRIES_MAX = 2
_UNUSED = "unused"
_DIGEST_LENGTH = 64
# The error code in the body of an S3 answer, else the status, as obstore's errors quote them.
_CODE = re.compile(r"<Code>(\w+)</Code>|status code: (\d{3})")
_REFUSALS = frozenset(
    {"AccessDenied", "ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch", "401", "403"}
)


class S3Blobs:
    """Implements `Blobs`. Without a key in the settings those of the environment or the machine's role are used."""

    def __init__(self, url: str, settings: BlobSettings) -> None:
        # Imported here, because most installations store blobs in a folder.
        import obstore
        from obstore.exceptions import BaseError

        self._api = obstore
        self._error = BaseError
        self._store = _open_store(url, settings)
        self.where = url + (f" ({settings.endpoint})" if settings.endpoint else "")

    async def put(self, data: bytes) -> str:
        digest = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        # Stored anew even when it is there: that renews its time.
        with self._faults():
            await self._api.put_async(self._store, digest, data, use_multipart=False)
        return digest

    async def get(self, digest: str) -> bytes:
        data = await self._get_if_present(require_digest(digest))
        if data is None:
            for key in [key async for key, _ in self._list_unused(digest)]:
                data = await self._get_if_present(key)
                if data is not None:
                    break
        if data is None:
            log.warning("blob_missing", digest=digest)
            raise BlobMissing(digest)
        return data

    async def require(self, digest: str) -> None:
        with self._faults():
            try:
                await self._api.head_async(self._store, require_digest(digest))
            except FileNotFoundError:
                # Set aside, or missing, or the whole bucket is: a read tells.
                await self.get(digest)

    async def discard(self, digest: str) -> None:
        """Leave the blob to `delete_if_older`: another writer may be storing it at this moment."""

    async def list_older_than(self, before: datetime) -> AsyncIterator[list[str]]:
        with self._faults():
            async for entries in self._api.list(self._store, chunk_size=PAGE_MAX):
                old = [entry["path"] for entry in entries if entry["last_modified"] < before]
                # Others' objects may lie beside ours.
                digests = filter(is_digest, (key.removeprefix(f"{_UNUSED}/")[:_DIGEST_LENGTH] for key in old))
                if page := list(dict.fromkeys(digests)):
                    yield page

    async def delete_if_older(self, digest: str, before: datetime) -> bool:
        deleted = await self._set_aside_if_older(require_digest(digest), before)
        async for key, stored_at in self._list_unused(digest):
            if stored_at < before:
                with self._faults():
                    await self._api.delete_async(self._store, key)
                deleted = True
        return deleted

    async def measure(self) -> tuple[int, int]:
        count, size = 0, 0
        with self._faults():
            async for entries in self._api.list(self._store, chunk_size=PAGE_MAX):
                count += len(entries)
                size += sum(entry["size"] for entry in entries)
        return count, size

    async def check(self) -> None:
        key, probe = f"probe-{secrets.token_hex(8)}", secrets.token_bytes(16)
        with self._faults():
            await self._api.put_async(self._store, key, probe, use_multipart=False)
            try:
                found = await self._get_if_present(key)
                async for _ in self._api.list(self._store, _UNUSED, chunk_size=1):
                    break
            finally:
                await self._api.delete_async(self._store, key)
        if found != probe:
            raise BlobStoreUnavailable(Message("blobs.read_back_differs", {"where": self.where}))

    async def _set_aside_if_older(self, digest: str, before: datetime) -> bool:
        with self._faults():
            try:
                found = await self._api.head_async(self._store, digest)
                if found["last_modified"] >= before:
                    return False
                await self._api.copy_async(self._store, digest, f"{_UNUSED}/{digest}/{secrets.token_hex(8)}")
            except FileNotFoundError:
                # Or another process has set it aside. A missing bucket is found by the listing that follows.
                return False
            await self._api.delete_async(self._store, digest)
        return True

    async def _list_unused(self, digest: str) -> AsyncIterator[tuple[str, datetime]]:
        """Yield the keys of the copies set aside, and when each was."""
        with self._faults():
            async for entries in self._api.list(self._store, f"{_UNUSED}/{digest}", chunk_size=PAGE_MAX):
                for entry in entries:
                    yield entry["path"], entry["last_modified"]

    async def _get_if_present(self, key: str) -> bytes | None:
        with self._faults():
            try:
                answer = await self._api.get_async(self._store, key)
            except FileNotFoundError as missing:
                if _code_of(missing) == "NoSuchBucket":
                    raise
                return None
            return bytes(await answer.bytes_async())

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Raise BlobStoreUnavailable for any error of the store, without its text, which may contain a request."""
        try:
            yield
        except (self._error, FileNotFoundError) as error:
            if isinstance(error, BlobMissing):
                raise
            raise BlobStoreUnavailable(self._describe(error)) from None

    def _describe(self, error: Exception) -> Message:
        code = _code_of(error)
        known = {"where": self.where, "code": code}
        if code is None:
            return Message("blobs.unreachable", known)
        if code in {"NoSuchBucket", "404"}:
            return Message("blobs.no_bucket", known)
        if code in _REFUSALS:
            return Message("blobs.refused", known)
        return Message("blobs.failed", known)


def _code_of(error: Exception) -> str | None:
    """Return the error code of the store's answer; None when there was no answer."""
    found = _CODE.findall(str(error))
    return next((code for code, _ in found if code), found[0][1] if found else None)


def _open_store(url: str, settings: BlobSettings) -> S3Store:
    """Open the bucket and prefix of `url`, s3://bucket/prefix."""
    from obstore.store import S3Store

    address, in_host_name = urlsplit(url), settings.addressing == "virtual-host"
    config: S3Config = {
        "region": settings.region,
        "virtual_hosted_style_request": in_host_name,
        "skip_signature": False,
        # Not all stores know DeleteObjects, and blobs are deleted one by one anyway.
        "disable_bulk_delete": True,
    }
    if settings.endpoint is not None:
        endpoint = urlsplit(settings.endpoint.rstrip("/"))
        host = f"{address.netloc}.{endpoint.netloc}" if in_host_name else endpoint.netloc
        # This one wins over AWS_ENDPOINT_URL_S3, which may be set for another program.
        config["aws_endpoint_url_s3"] = endpoint._replace(netloc=host).geturl()
    timeout = timedelta(seconds=settings.timeout_s)
    client: ClientConfig = {
        "timeout": timeout,
        "connect_timeout": min(_CONNECT_TIMEOUT, timeout),
        "allow_http": (settings.endpoint or "").startswith("http://"),
    }
    # No retry begins after the time of one call, so that a call and its retries take twice that time at most.
    retry: RetryConfig = {"max_retries": _RETRIES_MAX, "retry_timeout": timeout}
    prefix = address.path.strip("/") or None
    return S3Store(
        address.netloc,
        prefix=prefix,
        config=config,
        client_options=client,
        retry_config=retry,
        credential_provider=_credential_provider(settings),
    )


def _credential_provider(settings: BlobSettings) -> Callable[[], S3Credential] | None:
    """Return what provides the key of the settings, whatever token the environment holds; None without a key."""
    key_id, secret = settings.access_key_id, settings.secret_access_key
    if key_id is None or secret is None:
        return None
    return lambda: {"access_key_id": key_id, "secret_access_key": secret.get_secret_value(), "expires_at": None}
