"""A batch generates all its pictures at once, and one that fails does not affect the others."""

from __future__ import annotations

import asyncio
import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from araldo.http import Http
from araldo.images.provider_settings import ProviderSettings
from araldo.images.providers import ImageProviders
from araldo.images.spec import ImageSpec
from araldo.storage.database import Database
from araldo.storage.local_blobs import LocalBlobs
from araldo.workflows.pictures.batch import BatchGenerator, BatchImageRequest
from araldo.workflows.pictures.branding import Branding
from araldo.workflows.pictures.generate import PictureGenerator
from araldo.workspaces import store as workspace_store
from tests.images.pictures import encode_picture, quarters
from tests.images.providers.contract import as_base64
from tests.images.providers.fakes import FakeServer, json_reply, serving
from tests.support.clock import FakeClock
from tests.support.database import open_transaction
from tests.support.made_up_platforms import WALL

PLACE = replace(WALL, image=ImageSpec(120, 68))
COUNT = 20
GOOD = json_reply({"data": [{"b64_json": as_base64(encode_picture(quarters((160, 90))))}]})


def batch_of(database: Database, clock: FakeClock, folder: Path, fake: FakeServer, http: Http) -> BatchGenerator:
    providers = ImageProviders(http, ProviderSettings(openai_base_url=fake.url, openai_model="m-1"), clock)
    blobs = LocalBlobs(folder / "blobs")
    branding = Branding(database=database, clock=clock, blobs=blobs)
    picture_generator = PictureGenerator(
        database=database, clock=clock, blobs=blobs, providers=providers, branding=branding
    )
    return BatchGenerator(database=database, picture_generator=picture_generator, declarations={PLACE.name: PLACE})


async def test_twenty_pictures_are_generated_at_once_and_returned_in_order(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    """A batch takes as long as its slowest picture; `bench/batch.py` measures how long that is."""
    with open_transaction(database) as transaction:
        workspace = workspace_store.add(transaction, "a", clock.now())
    async with serving(GOOD) as fake, Http() as http:
        fake.gate = asyncio.Event()
        batch = batch_of(database, clock, tmp_path, fake, http)
        wanted = [BatchImageRequest(str(number), "", PLACE.name, f"tag {number}") for number in range(COUNT)]
        making = asyncio.create_task(batch.generate(workspace, wanted, base_prompt="", style="", provider="openai"))
        await fake.wait_for_requests(COUNT)
        fake.gate.set()
        outcomes = await making
    assert [one.request.tag for one in outcomes] == [f"tag {number}" for number in range(COUNT)]
    assert all(one.medium is not None for one in outcomes)


async def test_a_local_fault_fails_only_the_pictures_that_it_hits(
    database: Database, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_transaction(database) as transaction:
        workspace = workspace_store.add(transaction, "a", clock.now())
    full, whole = [OSError(errno.ENOSPC, "No space left on device")], PictureGenerator.store_file

    async def keep(self: PictureGenerator, *given: Any, **named: Any) -> Any:
        if full:
            raise full.pop()
        return await whole(self, *given, **named)

    monkeypatch.setattr(PictureGenerator, "store_file", keep)
    async with serving(GOOD) as fake, Http() as http:
        batch = batch_of(database, clock, tmp_path, fake, http)
        wanted = [BatchImageRequest(f"horn {number}", "1:1", "generic", str(number)) for number in range(3)]
        outcomes = await batch.generate(workspace, wanted, base_prompt="", style="", provider="openai")
        assert sorted(one.code or "made" for one in outcomes) == ["local_fault", "made", "made"]
        assert all((one.medium is None) == (one.error is not None) for one in outcomes)
