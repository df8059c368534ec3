"""The library's rows: listed, searched, found to be used, removed, swept."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from araldo.media import store as media_store
from araldo.media.models import Medium, sanitize_filename
from araldo.posts import history_store
from araldo.posts.models import PictureState, SlidePicture, State
from araldo.posts.rules import NewPost
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database, new_id
from araldo.storage.schema import deliveries
from araldo.workflows.generate import record_version
from araldo.workflows.housekeeping import Housekeeping
from tests.support.clock import FakeClock
from tests.support.publisher_harness import PublisherHarness


class Shelf:
    """A library on a stage, and who sweeps it."""

    def __init__(self, stage: PublisherHarness, folder: Path) -> None:
        self.stage = stage
        self.blobs = Blobs(folder / "blobs")
        self.folder = folder / "blobs"
        self.housekeeping = Housekeeping(database=stage.database, clock=stage.clock, blobs=self.blobs)

    async def add(self, data: bytes = b"a picture", **fields: object) -> Medium:
        medium = Medium(
            id=new_id("med"),
            workspace_id=self.stage.workspace.id,
            digest=await self.blobs.put(data),
            mime="image/jpeg",
            width=1,
            height=1,
            bytes=len(data),
            origin="uploaded",
            provider=None,
            alt="",
            placeholder=None,
            created_at=self.stage.clock.now(),
        )
        medium = replace(medium, **fields)  # type: ignore[arg-type]  # fields by name
        async with self.stage.database.transaction() as transaction:
            await media_store.add(transaction, medium)
        return medium

    async def shown(self, medium: Medium, state: State) -> str:
        ready = PictureState.READY
        return await self.stage.add(
            state=state, picture_media_id=medium.id, picture_state=ready, picture_origin="given"
        )

    async def record_version(self, delivery_id: str) -> None:
        async with self.stage.database.transaction() as transaction:
            await record_version(transaction, await self.stage.row(delivery_id), self.stage.clock.now())

    async def replaced(self, delivery_id: str, medium: Medium) -> None:
        """What it shows joins what it can go back to, as before every replacing."""
        await self.record_version(delivery_id)
        await self.set(delivery_id, picture_media_id=medium.id)

    async def set(self, delivery_id: str, **columns: object) -> None:
        async with self.stage.database.transaction() as transaction:
            await transaction.execute(deliveries.update().where(deliveries.c.id == delivery_id).values(**columns))

    async def there(self, medium: Medium) -> bool:
        async with self.stage.database.reading() as transaction:
            return await media_store.find(transaction, medium.id) is not None

    def file_there(self, medium: Medium) -> bool:
        return (self.folder / medium.digest[:2] / medium.digest).exists()

    async def two_days_later(self) -> None:
        """For the rows, and for the files too, which have the machine's own times."""
        self.stage.clock.advance(2 * 86_400)
        put_at = (self.stage.clock.now() - timedelta(days=1.5)).timestamp()
        for path in self.folder.glob("??/*"):
            os.utime(path, (put_at, put_at))


@pytest.fixture
async def shelf(database: Database, clock: FakeClock, tmp_path: Path) -> Shelf:
    return Shelf(await PublisherHarness.set(database, clock, tmp_path), tmp_path)


async def test_what_is_kept_stays_and_what_nothing_refers_to_goes(shelf: Shelf) -> None:
    own = await shelf.add(b"own", kept=True)
    loose = await shelf.add(b"loose")
    source, lone = await shelf.add(b"source"), await shelf.add(b"lone")
    copy = await shelf.add(b"copy", source_id=source.id)
    await shelf.shown(copy, State.SCHEDULED)
    await shelf.housekeeping.purge()
    assert all([await shelf.there(one) for one in (own, loose, source, lone, copy)])
    await shelf.two_days_later()
    await shelf.housekeeping.purge()
    assert [await shelf.there(one) for one in (own, loose, source, lone, copy)] == [True, False, True, False, True]
    assert [shelf.file_there(one) for one in (own, loose, source, lone, copy)] == [True, False, True, False, True]


async def test_a_source_is_needed_until_its_copy_is_out(shelf: Shelf) -> None:
    for state, needed in ((State.FAILED, True), (State.PUBLISHED, False), (State.UNCONFIRMED, True)):
        source = await shelf.add(state.encode())
        copy = await shelf.add(b"c" + state.encode(), source_id=source.id)
        await shelf.shown(copy, state)
        await shelf.two_days_later()
        await shelf.housekeeping.purge()
        assert (await shelf.there(source), await shelf.there(copy)) == (needed, True)


async def test_a_file_goes_with_the_last_row_that_has_it(shelf: Shelf) -> None:
    first, second = await shelf.add(b"same"), await shelf.add(b"same", kept=True)
    await shelf.two_days_later()
    await shelf.housekeeping.purge()
    assert (await shelf.there(first), shelf.file_there(second)) == (False, True)
    async with shelf.stage.database.transaction() as transaction:
        await media_store.remove(transaction, second, shelf.stage.clock.now())
    await shelf.housekeeping.purge()
    assert not shelf.file_there(second)


async def test_a_file_that_is_put_again_while_it_is_being_swept_stays(shelf: Shelf) -> None:
    digest = await shelf.blobs.put(b"again")
    path = shelf.folder / digest[:2] / digest
    before = shelf.stage.clock.now() - timedelta(days=1)
    os.utime(path, (before.timestamp() - 1,) * 2)
    assert await shelf.blobs.list_older_than(before) == [digest]
    # Somebody finds it there, and counts on it.
    os.utime(path, (before.timestamp() + 1,) * 2)
    assert not await shelf.blobs.delete_if_older(digest, before)
    assert await shelf.blobs.get(digest) == b"again"


async def test_putting_again_makes_young(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    digest = await blobs.put(b"x")
    path = tmp_path / digest[:2] / digest
    os.utime(path, (1, 1))
    await blobs.put(b"x")
    assert path.stat().st_mtime > 1_000_000


async def test_what_a_crash_left_half_written_goes(shelf: Shelf) -> None:
    medium = await shelf.add(kept=True)
    half = shelf.folder / medium.digest[:2] / f".{medium.digest}.00ff"
    half.write_bytes(b"ha")
    await shelf.two_days_later()
    await shelf.housekeeping.purge()
    assert not half.exists()
    assert shelf.file_there(medium)


async def test_removing_what_a_published_post_shows_takes_it_out_of_the_library_only(shelf: Shelf) -> None:
    medium = await shelf.add(kept=True)
    await shelf.shown(medium, State.PUBLISHED)
    async with shelf.stage.database.transaction() as transaction:
        await media_store.remove(transaction, medium, shelf.stage.clock.now())
        assert await media_store.find_in_library(transaction, shelf.stage.workspace.id, medium.id) is None
    await shelf.two_days_later()
    await shelf.housekeeping.purge()
    assert await shelf.there(medium)
    assert shelf.file_there(medium)


async def test_listed_searched_and_paged(shelf: Shelf) -> None:
    names = ["Foto_Mare-2024.jpg", "perché.png", "100%.png"]
    made = []
    for name in names:
        shelf.stage.clock.advance(1)
        made.append(await shelf.add(filename=name, alt="Una Città" if name == names[1] else ""))
    await shelf.add(source_id=made[0].id, filename="mare.jpg")
    await shelf.add(origin="generated", removed_at=shelf.stage.clock.now())

    async def found(words: str | None = None, origins: tuple[str, ...] = (), cursor: str | None = None) -> list[str]:
        async with shelf.stage.database.reading() as transaction:
            workspace = shelf.stage.workspace.id
            rows, following = await media_store.list_library(
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


async def test_what_can_be_gone_back_to_stays_with_its_source_until_the_post_is_out(shelf: Shelf) -> None:
    source = await shelf.add(b"source")
    copy = await shelf.add(b"copy", source_id=source.id)
    made = await shelf.add(b"made", origin="generated")
    delivery_id = await shelf.shown(copy, State.SCHEDULED)
    await shelf.replaced(delivery_id, made)
    await shelf.two_days_later()
    await shelf.housekeeping.purge()
    assert [await shelf.there(one) for one in (source, copy, made)] == [True, True, True]
    await shelf.set(delivery_id, state=State.CANCELLED)
    await shelf.housekeeping.purge()
    # It may be taken up again; its source is needed only for another cut.
    assert [await shelf.there(one) for one in (source, copy, made)] == [False, True, True]
    await shelf.set(delivery_id, state=State.PUBLISHED)
    await shelf.housekeeping.purge()
    assert [await shelf.there(one) for one in (source, copy, made)] == [False, False, True]


async def test_what_falls_out_of_the_last_five_is_swept(shelf: Shelf) -> None:
    pictures = [await shelf.add(bytes([number]), origin="generated") for number in range(7)]
    delivery_id = await shelf.shown(pictures[0], State.DRAFT)
    for picture in pictures[1:]:
        shelf.stage.clock.advance(1)
        await shelf.replaced(delivery_id, picture)
    await shelf.two_days_later()
    await shelf.housekeeping.purge()
    # The last five before it, and the one that is shown.
    assert [await shelf.there(one) for one in pictures] == [False, *[True] * 6]


async def test_removing_it_takes_it_from_where_posts_could_go_back_to_it(shelf: Shelf) -> None:
    source = await shelf.add(b"source", kept=True)
    shown, before = [await shelf.add(name, source_id=source.id) for name in (b"shown", b"before")]
    delivery_id = await shelf.shown(before, State.PUBLISHED)
    await shelf.replaced(delivery_id, shown)
    await shelf.record_version(delivery_id)
    async with shelf.stage.database.transaction() as transaction:
        await media_store.remove(transaction, source, shelf.stage.clock.now())
        kept = await history_store.of_delivery(transaction, delivery_id)
    assert [one.medium_id for one in kept] == [shown.id]
    await shelf.two_days_later()
    await shelf.housekeeping.purge()
    assert [await shelf.there(one) for one in (source, shown, before)] == [False, True, False]


async def test_slides_use_what_they_name_and_what_they_show(shelf: Shelf) -> None:
    named, made, loose = [await shelf.add(name, origin="generated") for name in (b"named", b"made", b"loose")]
    pictures: list[SlidePicture] = [{"state": PictureState.READY, "digest": None, "medium_id": made.id, "notes": {}}]
    new = NewPost(content="Ciao", platforms=["wall"], slides=[{}, {"media_id": named.id}])
    delivery_id = await shelf.stage.add(new, pictures=pictures, picture_state=PictureState.READY)

    async def used(medium: Medium) -> list[bool]:
        async with shelf.stage.database.reading() as transaction:
            return [use.open for use in await media_store.list_usages(transaction, medium)]

    assert [await used(one) for one in (named, made, loose)] == [[True], [True], []]
    await shelf.two_days_later()
    await shelf.housekeeping.purge()
    assert [await shelf.there(one) for one in (named, made, loose)] == [True, True, False]
    await shelf.set(delivery_id, state=State.PUBLISHED)
    assert [await used(one) for one in (named, made)] == [[False], [False]]
    await shelf.housekeeping.purge()
    assert [await shelf.there(one) for one in (named, made)] == [False, True]


async def test_who_uses_it_and_what_looks_like_it(shelf: Shelf) -> None:
    source = await shelf.add(dhash="00ff" * 4)
    copy = await shelf.add(b"copy", source_id=source.id)
    twin, other = await shelf.add(b"twin", dhash="00ff" * 4), await shelf.add(b"other", dhash="00fe" * 4)
    await shelf.shown(copy, State.DRAFT)
    await shelf.shown(copy, State.CANCELLED)
    async with shelf.stage.database.reading() as transaction:
        assert sorted((use.state, use.open) for use in await media_store.list_usages(transaction, source)) == [
            ("cancelled", False),
            ("draft", True),
        ]
        assert await media_store.find_similar(transaction, source) == [twin.id]
        assert await media_store.find_similar(transaction, other) == []


def test_a_files_name_is_kept_without_folders_and_without_what_cannot_be_printed() -> None:
    assert sanitize_filename("C:\\Users\\io\\Foto.jpg") == "Foto.jpg"
    assert sanitize_filename("../../etc/pass\x00wd\ud800\n") == "passwd"
    assert len(sanitize_filename("x" * 999)) == 255
