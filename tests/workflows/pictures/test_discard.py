"""A picture that is refused after its file was written leaves no file; a file that another row uses stays."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from araldo.errors import PostInvalid
from araldo.http import Http
from araldo.images.unusable import UnusablePicture
from araldo.media import store as media_store
from araldo.media.urls import MediaUrls
from araldo.storage.database import Database
from araldo.storage.local_blobs import LocalBlobs
from araldo.storage.vault import Vault
from araldo.workflows.pictures.fitting import Fitting
from araldo.workflows.pictures.library import Library
from araldo.workflows.pictures.media_import import MediaImporter
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace
from tests.images.pictures import encode_picture, noise
from tests.storage.test_local_blobs import files
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.made_up_platforms import WALL

FILE = encode_picture(noise("RGB", (600, 600)), "JPEG")
NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


class MediaHarness:
    def __init__(self, database: Database, clock: FakeClock, folder: Path) -> None:
        self.folder = folder / "blobs"
        blobs = LocalBlobs(self.folder)
        urls = MediaUrls("http://127.0.0.1:1", Vault([Fernet.generate_key().decode()]))
        self.fitting = Fitting(clock=clock, blobs=blobs)
        self.media_importer = MediaImporter(
            database=database, clock=clock, blobs=blobs, http=Http(), media_urls=urls, fitting=self.fitting
        )
        self.library = Library(database=database, clock=clock, fitting=self.fitting, media_importer=self.media_importer)
        self.urls = urls


@pytest.fixture
def media_harness(database: Database, clock: FakeClock, tmp_path: Path) -> MediaHarness:
    return MediaHarness(database, clock, tmp_path)


@pytest.fixture
async def workspace(database: Database, clock: FakeClock) -> Workspace:
    with open_transaction(database) as transaction:
        return workspace_store.get_or_create_first(transaction, clock.now())


async def test_an_upload_whose_row_cannot_be_written_leaves_no_file(
    media_harness: MediaHarness, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("no row")

    with monkeypatch.context() as broken:
        broken.setattr(media_store, "add", fails)
        with pytest.raises(ZeroDivisionError):
            await media_harness.library.add_file(workspace, FILE, filename="a.jpg", alt="")
    assert files(media_harness.folder) == []
    await media_harness.library.add_file(workspace, FILE, filename="a.jpg", alt="")
    assert len(files(media_harness.folder)) == 1


async def test_a_file_that_another_row_uses_stays(
    media_harness: MediaHarness, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    await media_harness.library.add_file(workspace, FILE, filename="a.jpg", alt="")

    def fails(*_: object) -> None:
        raise NO_SPACE

    with monkeypatch.context() as broken:
        broken.setattr(media_store, "add", fails)
        with pytest.raises(OSError, match="No space"):
            await media_harness.library.add_file(workspace, FILE, filename="b.jpg", alt="")
    assert len(files(media_harness.folder)) == 1


async def test_a_picture_that_fits_one_platform_and_not_the_next_leaves_no_copy(
    media_harness: MediaHarness,
    workspace: Workspace,
    database: Database,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    medium_id = await media_harness.library.add_file(workspace, FILE, filename="a.jpg", alt="")
    url, whole, copied = media_harness.urls.sign(medium_id, clock.now()), media_harness.fitting.fit_copy, list[str]()

    async def second_fails(*given: object) -> object:
        copied.append("")
        if len(copied) == 2:
            raise UnusablePicture("over_cap")
        return await whole(*given)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(media_harness.fitting, "fit_copy", second_fails)
    with pytest.raises(PostInvalid):
        await media_harness.media_importer.import_for_platforms(
            workspace, url, [WALL, WALL], shapes={}, pointer="/media_url"
        )
    assert len(copied) == 2
    with open_reading(database) as transaction:
        medium = media_store.find(transaction, medium_id, workspace.id)
    assert medium is not None
    assert files(media_harness.folder) == [medium.digest]
