"""Media rows: list, search, usages, removal, deletion of unreferenced ones."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from araldo.media import store as media_store
from araldo.media import tag_store
from araldo.media.models import Medium, sanitize_filename
from araldo.pictures import history_store
from araldo.pictures.models import DeliveryPicture, PictureState, SlidePicture
from araldo.posts.models import State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database, new_id
from araldo.storage.local_blobs import LocalBlobs
from araldo.storage.picture_tables import delivery_pictures, picture_history, slide_media
from araldo.storage.schema import deliveries
from araldo.workflows.maintenance import housekeeping as housekeeping_module
from araldo.workflows.maintenance.housekeeping import Housekeeping
from araldo.workflows.pictures.generate import record_version
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.publisher_harness import PublisherHarness


class LibraryHarness:
    """A media library with a publisher and housekeeping."""

    def __init__(self, harness: PublisherHarness, folder: Path) -> None:
        self.harness = harness
        self.blobs = LocalBlobs(folder / "blobs")
        self.folder = folder / "blobs"
        self.housekeeping = Housekeeping(database=harness.database, clock=harness.clock, blobs=self.blobs)

    async def add(self, data: bytes = b"a picture", **fields: object) -> Medium:
        medium = Medium(
            id=new_id("med"),
            workspace_id=self.harness.workspace.id,
            digest=await self.blobs.put(data),
            mime="image/jpeg",
            width=1,
            height=1,
            bytes=len(data),
            origin="uploaded",
            provider=None,
            alt="",
            placeholder=None,
            created_at=self.harness.clock.now(),
        )
        medium = replace(medium, **fields)  # type: ignore[arg-type]  # fields by name
        with open_transaction(self.harness.database) as transaction:
            media_store.add(transaction, medium)
        return medium

    async def shown(self, medium: Medium, state: State) -> str:
        picture = DeliveryPicture(PictureState.READY, medium.id, origin="given")
        return await self.harness.add(state=state, picture=picture)

    async def record_version(self, delivery_id: str) -> None:
        row = await self.harness.row(delivery_id)
        with open_transaction(self.harness.database) as transaction:
            record_version(transaction, row, self.harness.clock.now())

    async def replaced(self, delivery_id: str, medium: Medium) -> None:
        """Add the current picture to the history, as before every replacement."""
        await self.record_version(delivery_id)
        with open_transaction(self.harness.database) as transaction:
            shown = delivery_pictures.update().where(delivery_pictures.c.delivery_id == delivery_id)
            transaction.execute(shown.values(medium_id=medium.id))

    async def set(self, delivery_id: str, **columns: object) -> None:
        with open_transaction(self.harness.database) as transaction:
            transaction.execute(deliveries.update().where(deliveries.c.id == delivery_id).values(**columns))

    async def there(self, medium: Medium) -> bool:
        with open_reading(self.harness.database) as transaction:
            return media_store.find(transaction, medium.id) is not None

    def file_there(self, medium: Medium) -> bool:
        return (self.folder / medium.digest[:2] / medium.digest).exists()

    async def advance_two_days(self) -> None:
        """Advance the clock two days and age the files, whose times are the machine's."""
        self.harness.clock.advance(2 * 86_400)
        put_at = (self.harness.clock.now() - timedelta(days=1.5)).timestamp()
        for path in self.folder.glob("??/*"):
            os.utime(path, (put_at, put_at))


@pytest.fixture
async def library(database: Database, clock: FakeClock, tmp_path: Path) -> LibraryHarness:
    return LibraryHarness(await PublisherHarness.create(database, clock, tmp_path), tmp_path)


async def test_kept_media_stay_and_unreferenced_media_are_deleted(library: LibraryHarness) -> None:
    own = await library.add(b"own", kept=True)
    loose = await library.add(b"loose")
    source, lone = await library.add(b"source"), await library.add(b"lone")
    copy = await library.add(b"copy", source_id=source.id)
    await library.shown(copy, State.SCHEDULED)
    await library.housekeeping.purge()
    assert all([await library.there(one) for one in (own, loose, source, lone, copy)])
    await library.advance_two_days()
    await library.housekeeping.purge()
    assert [await library.there(one) for one in (own, loose, source, lone, copy)] == [True, False, True, False, True]
    assert [library.file_there(one) for one in (own, loose, source, lone, copy)] == [True, False, True, False, True]


async def test_a_tagged_picture_is_kept_until_it_is_removed(library: LibraryHarness) -> None:
    medium = await library.add(b"generated", origin="generated")
    with open_transaction(library.harness.database) as transaction:
        media_store.describe(transaction, medium, alt=None, tags=["Estate"])
    await library.advance_two_days()
    await library.housekeeping.purge()
    assert await library.there(medium)
    with open_transaction(library.harness.database) as transaction:
        media_store.remove(transaction, medium, library.harness.clock.now())
        assert tag_store.list_tags(transaction, medium.workspace_id) == []
    assert not await library.there(medium)


async def test_a_source_stays_until_its_copy_is_published(library: LibraryHarness) -> None:
    for state, needed in ((State.FAILED, True), (State.PUBLISHED, False), (State.UNCONFIRMED, True)):
        source = await library.add(state.encode())
        copy = await library.add(b"c" + state.encode(), source_id=source.id)
        await library.shown(copy, state)
        await library.advance_two_days()
        await library.housekeeping.purge()
        assert (await library.there(source), await library.there(copy)) == (needed, True)


async def test_old_versions_of_published_deliveries_go_with_their_slides(
    library: LibraryHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In slices, so that no transaction is long; what a draft may select again stays."""
    monkeypatch.setattr(housekeeping_module, "_ROWS_AT_ONCE", 2)
    slides = [await library.add(f"slide {number}".encode()) for number in range(4)]
    states = [State.PUBLISHED, State.PUBLISHED, State.PUBLISHED, State.DRAFT]
    for slide, state in zip(slides, states, strict=True):
        first, shown = await library.add(b"first" + slide.id.encode()), await library.add(b"shown" + slide.id.encode())
        delivery_id = await library.shown(first, state)
        await library.replaced(delivery_id, shown)
        with open_transaction(library.harness.database) as transaction:
            transaction.execute(slide_media.insert().values(delivery_id=delivery_id, medium_id=slide.id))
    await library.advance_two_days()
    await library.housekeeping.purge()
    assert [await library.there(slide) for slide in slides] == [False, False, False, True]
    with open_reading(library.harness.database) as transaction:
        assert transaction.execute(select(func.count()).select_from(picture_history)).scalar() == 1


async def test_a_file_is_deleted_with_its_last_row(library: LibraryHarness) -> None:
    first, second = await library.add(b"same"), await library.add(b"same", kept=True)
    await library.advance_two_days()
    await library.housekeeping.purge()
    assert (await library.there(first), library.file_there(second)) == (False, True)
    with open_transaction(library.harness.database) as transaction:
        media_store.remove(transaction, second, library.harness.clock.now())
    await library.housekeeping.purge()
    assert not library.file_there(second)


async def test_a_file_stored_again_during_housekeeping_stays(library: LibraryHarness) -> None:
    digest = await library.blobs.put(b"again")
    path = library.folder / digest[:2] / digest
    before = library.harness.clock.now() - timedelta(days=1)
    os.utime(path, (before.timestamp() - 1,) * 2)
    assert [page async for page in library.blobs.list_older_than(before)] == [[digest]]
    # Somebody finds it there, and counts on it.
    os.utime(path, (before.timestamp() + 1,) * 2)
    assert not await library.blobs.delete_if_older(digest, before)
    assert await library.blobs.get(digest) == b"again"


async def test_storing_again_renews_the_files_time(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    digest = await blobs.put(b"x")
    path = tmp_path / digest[:2] / digest
    os.utime(path, (1, 1))
    await blobs.put(b"x")
    assert path.stat().st_mtime > 1_000_000


async def test_temporary_files_of_a_crash_are_deleted(library: LibraryHarness) -> None:
    medium = await library.add(kept=True)
    half = library.folder / medium.digest[:2] / f".{medium.digest}.00ff"
    half.write_bytes(b"ha")
    await library.advance_two_days()
    await library.housekeeping.purge()
    assert not half.exists()
    assert library.file_there(medium)


async def test_removing_a_published_medium_only_takes_it_out_of_the_library(library: LibraryHarness) -> None:
    medium = await library.add(kept=True)
    await library.shown(medium, State.PUBLISHED)
    with open_transaction(library.harness.database) as transaction:
        media_store.remove(transaction, medium, library.harness.clock.now())
        assert media_store.find_in_library(transaction, library.harness.workspace.id, medium.id) is None
    await library.advance_two_days()
    await library.housekeeping.purge()
    assert await library.there(medium)
    assert library.file_there(medium)


async def test_media_are_listed_searched_and_paged(library: LibraryHarness) -> None:
    names = ["Foto_Mare-2024.jpg", "perché.png", "100%.png"]
    made = []
    for name in names:
        library.harness.clock.advance(1)
        made.append(await library.add(filename=name, alt="Una Città" if name == names[1] else ""))
    await library.add(source_id=made[0].id, filename="mare.jpg")
    await library.add(origin="generated", removed_at=library.harness.clock.now())

    async def found(words: str | None = None, origins: tuple[str, ...] = (), cursor: str | None = None) -> list[str]:
        with open_reading(library.harness.database) as transaction:
            workspace = library.harness.workspace.id
            rows, following = media_store.list_library(
                transaction, workspace, words=words, origins=origins, limit=2, cursor=cursor
            )
        more = [] if following is None else await found(words, origins, following)
        return [one.filename for one in rows] + more

    assert await found() == names[::-1]
    assert await found("MARE 2024") == [names[0]]
    assert await found("citta perche") == [names[1]]
    assert await found("100") == [names[2]]
    assert await found("%") == names[::-1]
    assert await found(origins=("generated",)) == []


async def test_history_media_and_their_sources_stay_until_the_post_is_published(library: LibraryHarness) -> None:
    source = await library.add(b"source")
    copy = await library.add(b"copy", source_id=source.id)
    made = await library.add(b"made", origin="generated")
    delivery_id = await library.shown(copy, State.SCHEDULED)
    await library.replaced(delivery_id, made)
    await library.advance_two_days()
    await library.housekeeping.purge()
    assert [await library.there(one) for one in (source, copy, made)] == [True, True, True]
    await library.set(delivery_id, state=State.CANCELLED)
    await library.housekeeping.purge()
    # It may be taken up again; its source is needed only for another cut.
    assert [await library.there(one) for one in (source, copy, made)] == [False, True, True]
    await library.set(delivery_id, state=State.PUBLISHED)
    await library.housekeeping.purge()
    assert [await library.there(one) for one in (source, copy, made)] == [False, False, True]


async def test_versions_beyond_the_last_five_are_deleted(library: LibraryHarness) -> None:
    pictures = [await library.add(bytes([number]), origin="generated") for number in range(7)]
    delivery_id = await library.shown(pictures[0], State.DRAFT)
    for picture in pictures[1:]:
        library.harness.clock.advance(1)
        await library.replaced(delivery_id, picture)
    await library.advance_two_days()
    await library.housekeeping.purge()
    # The last five before it, and the one that is shown.
    assert [await library.there(one) for one in pictures] == [False, *[True] * 6]


async def test_removing_a_medium_removes_it_from_picture_histories(library: LibraryHarness) -> None:
    source = await library.add(b"source", kept=True)
    shown, before = [await library.add(name, source_id=source.id) for name in (b"shown", b"before")]
    delivery_id = await library.shown(before, State.PUBLISHED)
    await library.replaced(delivery_id, shown)
    await library.record_version(delivery_id)
    with open_transaction(library.harness.database) as transaction:
        media_store.remove(transaction, source, library.harness.clock.now())
        kept = history_store.of_delivery(transaction, delivery_id)
    assert [one.medium_id for one in kept] == [shown.id]
    await library.advance_two_days()
    await library.housekeeping.purge()
    assert [await library.there(one) for one in (source, shown, before)] == [False, True, False]


async def test_usages_include_media_named_and_shown_by_slides(library: LibraryHarness) -> None:
    named, made, loose = [await library.add(name, origin="generated") for name in (b"named", b"made", b"loose")]
    slides = (SlidePicture(PictureState.READY, None, made.id, notes={}),)
    new = NewPost(content="Ciao", platforms=["wall"], slides=[{}, {"media_id": named.id}])
    delivery_id = await library.harness.add(new, picture=DeliveryPicture(PictureState.READY, slides=slides))

    async def used(medium: Medium) -> list[bool]:
        with open_reading(library.harness.database) as transaction:
            return [use.open for use in media_store.list_usages(transaction, medium)]

    assert [await used(one) for one in (named, made, loose)] == [[True], [True], []]
    await library.advance_two_days()
    await library.housekeeping.purge()
    assert [await library.there(one) for one in (named, made, loose)] == [True, True, False]
    await library.set(delivery_id, state=State.PUBLISHED)
    assert [await used(one) for one in (named, made)] == [[False], [False]]
    await library.housekeeping.purge()
    assert [await library.there(one) for one in (named, made)] == [False, True]


async def test_usages_and_similar_media(library: LibraryHarness) -> None:
    source = await library.add(dhash="00ff" * 4)
    copy = await library.add(b"copy", source_id=source.id)
    twin, other = await library.add(b"twin", dhash="00ff" * 4), await library.add(b"other", dhash="00fe" * 4)
    await library.shown(copy, State.DRAFT)
    await library.shown(copy, State.CANCELLED)
    with open_reading(library.harness.database) as transaction:
        assert sorted((use.state, use.open) for use in media_store.list_usages(transaction, source)) == [
            ("cancelled", False),
            ("draft", True),
        ]
        assert media_store.find_similar(transaction, source) == [twin.id]
        assert media_store.find_similar(transaction, other) == []


def test_file_names_are_stored_without_folders_and_unprintable_letters() -> None:
    assert sanitize_filename("C:\\Users\\io\\Foto.jpg") == "Foto.jpg"
    assert sanitize_filename("../../etc/pass\x00wd\ud800\n") == "passwd"
    assert len(sanitize_filename("x" * 999)) == 255
