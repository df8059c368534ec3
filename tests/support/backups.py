"""Databases with posts in all stages and their pictures, and the backups of them."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from araldo.errors import OutcomeUnknown
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.messages import Message
from araldo.platforms.base import Ready, Waiting
from araldo.posts.models import State
from araldo.storage.blobs import BlobStoreUnavailable
from araldo.storage.database import Database, new_id
from araldo.storage.local_blobs import LocalBlobs
from araldo.workflows.maintenance.backup import BackupWriter
from tests.support.clock import FakeClock
from tests.support.database import open_transaction
from tests.support.publisher_harness import SAD, PublisherHarness

KEY = Fernet.generate_key().decode()


@dataclass
class BackupHarness:
    """A database with deliveries by name, a blob folder, and a writer of backups."""

    publisher: PublisherHarness
    blobs: LocalBlobs
    writer: BackupWriter
    deliveries: dict[str, str]
    digests: list[str]

    @property
    def database(self) -> Database:
        return self.publisher.database

    @property
    def clock(self) -> FakeClock:
        return self.publisher.clock


async def make_backup_harness(database: Database, clock: FakeClock, folder: Path) -> BackupHarness:
    """Return a database with a published, an unclear, a failed, a draft, a due and a future delivery."""
    harness = await PublisherHarness.create(database, clock, folder)
    blobs = LocalBlobs(folder / "blobs")
    made = {"published": await harness.add(), "unclear": await harness.add()}
    assert (await harness.work_until_settled(made["published"])).state is State.PUBLISHED
    harness.platform.publish_plan.append((True, OutcomeUnknown(SAD, service="made_up")))
    # Ready to be sent, then still being processed when it is checked.
    harness.platform.findings += [Ready(), Waiting(after_s=600)]
    assert (await harness.work(made["unclear"])).open_attempts == 1
    now = clock.now()
    made["failed"] = await harness.add(state=State.FAILED)
    made["draft"] = await harness.add(state=State.DRAFT)
    made["due"] = await harness.add(state=State.SCHEDULED, due_at=now + timedelta(hours=1))
    made["future"] = await harness.add(state=State.SCHEDULED, due_at=now + timedelta(days=1))
    digests = [await blobs.put(f"picture {number}".encode() * 1000) for number in range(3)]
    with open_transaction(database) as transaction:
        for digest in digests:
            media_store.add(transaction, _medium(harness.workspace.id, digest, harness))
    writer = BackupWriter(url=database.url, blobs=blobs, clock=clock, keys=lambda: [KEY])
    return BackupHarness(harness, blobs, writer, made, sorted(digests))


class AwayBlobs(LocalBlobs):
    """A bucket that does not answer."""

    def __init__(self) -> None:
        super().__init__(Path("/nowhere"))

    async def get(self, digest: str) -> bytes:
        raise BlobStoreUnavailable(Message("blobs.unreachable", {"where": "s3://pictures"}))

    async def put(self, data: bytes) -> str:
        raise BlobStoreUnavailable(Message("blobs.unreachable", {"where": "s3://pictures"}))


def _medium(workspace_id: str, digest: str, harness: PublisherHarness) -> Medium:
    return Medium(
        id=new_id("med"),
        workspace_id=workspace_id,
        digest=digest,
        mime="image/jpeg",
        width=1,
        height=1,
        bytes=1,
        origin="uploaded",
        provider=None,
        alt="",
        placeholder=None,
        created_at=harness.clock.now(),
        kept=True,
    )


def members_of(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]  # files only


def rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Write the archive anew with other members."""
    members = members_of(path)
    change(members)
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in members.items():
            found = tarfile.TarInfo(name)
            found.size = len(data)
            archive.addfile(found, io.BytesIO(data))


def change_manifest(path: Path, **values: Any) -> None:
    def change(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        members["manifest.json"] = json.dumps(manifest | values).encode()

    rewrite(path, change)
