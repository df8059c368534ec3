"""What a workspace has paid for: kept by what was asked, never another's, gone with its bytes, and added up."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from araldo.images.providers.memory import Asked, Finished, Price, Question
from araldo.images.spec import ImageSpec
from araldo.media import spend_store
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database
from araldo.workflows.remembering import Remembering
from araldo.workspaces import store as workspace_store
from tests.support.clock import FakeClock

QUESTION = Question("openai", "http://one.example", "m-1", "a horn", 0, ImageSpec(60, 40))
PICTURE = Finished(b"bytes", 60, 40, "openai", (), None, "data:x", model="m-1")
MADE = Asked(QUESTION, "made", 2.5, Price(40_000, "USD"))


@pytest.fixture
async def kept(database: Database, clock: FakeClock, tmp_path: Path) -> Remembering:
    return Remembering(database, clock, Blobs(tmp_path / "blobs"))


async def workspace(kept: Remembering, name: str) -> str:
    async with kept.database.transaction() as transaction:
        return (await workspace_store.add(transaction, name, kept.clock.now())).id


async def spent(
    kept: Remembering, workspace_id: str, since: datetime | None = None, until: datetime | None = None
) -> list[spend_store.Spent]:
    async with kept.database.reading() as transaction:
        return await spend_store.summary(transaction, workspace_id, since, until)


async def test_kept_for_its_workspace_alone_and_while_its_bytes_are_there(kept: Remembering, tmp_path: Path) -> None:
    mine, others = await workspace(kept, "mine"), await workspace(kept, "others")
    memory = kept.of(mine)
    assert await memory.recall(QUESTION) is None
    await memory.remember(MADE, PICTURE)
    known = await memory.recall(QUESTION)
    assert known is not None
    assert (known.data, known.cached, known.model, known.placeholder) == (b"bytes", True, "m-1", "data:x")
    assert await kept.of(others).recall(QUESTION) is None
    (blob,) = (tmp_path / "blobs").glob("??/*")
    blob.unlink()
    assert await memory.recall(QUESTION) is None
    await memory.remember(MADE, PICTURE)
    assert await memory.recall(QUESTION) is not None


async def test_a_re_roll_goes_past_what_is_older(kept: Remembering, clock: FakeClock) -> None:
    mine = await workspace(kept, "mine")
    await kept.of(mine).remember(MADE, PICTURE)
    clock.advance(1)
    asked_at = clock.now()
    assert await kept.of(mine, asked_at).recall(QUESTION) is None
    clock.advance(1)
    await kept.of(mine).remember(MADE, Finished(b"newer", 60, 40, "openai", (), None, "data:y"))
    for memory in (kept.of(mine, asked_at), kept.of(mine)):
        known = await memory.recall(QUESTION)
        assert known is not None
        assert known.data == b"newer"


async def test_what_was_spent_is_added_up_by_provider_in_a_time(kept: Remembering, clock: FakeClock) -> None:
    mine, others = await workspace(kept, "mine"), await workspace(kept, "others")
    memory, began = kept.of(mine), clock.now()
    await memory.remember(MADE, PICTURE)
    await memory.recall(QUESTION)
    await memory.remember(MADE, PICTURE)
    await memory.remember(Asked(QUESTION, "rate_limited", 0.1), None)
    await kept.of(others).remember(MADE, PICTURE)
    clock.advance(60)
    other = Question("google", "http://g.example", "g-1", "a horn", 0, ImageSpec(60, 40))
    await memory.remember(Asked(other, "made", 1.0), PICTURE)
    found = await spent(kept, mine)
    google, openai = found
    assert (openai.provider, openai.model, openai.made, openai.recalled, openai.failed) == ("openai", "m-1", 2, 1, 1)
    assert (openai.seconds, openai.totals) == (5.1, [spend_store.Total("USD", 2, 80_000)])
    assert (google.provider, google.made, google.totals) == ("google", 1, [])
    assert [one.provider for one in await spent(kept, mine, since=began + timedelta(seconds=30))] == ["google"]
    assert {one.provider for one in await spent(kept, mine, until=began + timedelta(seconds=30))} == {"openai"}
