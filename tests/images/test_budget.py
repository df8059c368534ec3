"""The megapixel budget: never exceeded, first come first served, and nothing lost on cancellation."""

from __future__ import annotations

import asyncio
import random
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from araldo.images.budget import MegapixelBudget, megapixels_of
from araldo.images.designer import Card
from araldo.images.picture_size import declared_pixels
from araldo.images.spec import ImageSpec
from araldo.images.unusable import MAX_PIXELS
from tests.images.pictures import encode_picture, noise


class Workers:
    """Jobs that start when the budget admits them, and end when the test says so."""

    def __init__(self, budget: MegapixelBudget) -> None:
        self.budget = budget
        self.begun: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.ends: dict[str, asyncio.Event] = {}

    async def ask(self, name: str, megapixels: float) -> None:
        self.ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._work(name, megapixels))
        await asyncio.sleep(0)

    async def _work(self, name: str, megapixels: float) -> None:
        async with self.budget.reserve(megapixels):
            self.begun.append(name)
            await self.ends[name].wait()

    async def end(self, *names: str) -> None:
        for name in names:
            self.ends[name].set()
            await self.tasks[name]
        await asyncio.sleep(0)


async def test_a_job_over_the_budget_waits_and_is_not_overtaken() -> None:
    workers = Workers(MegapixelBudget(50, 4))
    for name, megapixels in (("a", 30), ("b", 15), ("large", 40), ("small", 1)):
        await workers.ask(name, megapixels)
    assert workers.begun == ["a", "b"]
    await workers.end("b")
    assert workers.begun == ["a", "b"]
    await workers.end("a")
    assert workers.begun == ["a", "b", "large", "small"]
    await workers.end("large", "small")


async def test_concurrent_jobs_are_limited() -> None:
    workers = Workers(MegapixelBudget(50, 2))
    for name in "abc":
        await workers.ask(name, 1)
    assert workers.begun == ["a", "b"]
    await workers.end("a")
    assert workers.begun == ["a", "b", "c"]
    await workers.end("b", "c")


async def test_a_job_larger_than_the_budget_runs_alone() -> None:
    workers = Workers(MegapixelBudget(50, 4))
    await workers.ask("small", 1)
    await workers.ask("giant", 51)
    assert workers.begun == ["small"]
    await workers.end("small")
    assert workers.begun == ["small", "giant"]
    await workers.end("giant")


async def test_a_cancelled_waiter_lets_the_next_job_start() -> None:
    workers = Workers(MegapixelBudget(50, 4))
    for name, megapixels in (("a", 30), ("large", 40), ("small", 1)):
        await workers.ask(name, megapixels)
    workers.tasks["large"].cancel()
    with pytest.raises(asyncio.CancelledError):
        await workers.tasks["large"]
    await asyncio.sleep(0)
    assert workers.begun == ["a", "small"]
    # Cancelled at the moment in which the budget would admit it.
    await workers.ask("c", 40)
    workers.tasks["c"].cancel()
    workers.ends["a"].set()
    await workers.tasks["a"]
    assert workers.tasks["c"].cancelled()
    await workers.ask("a", 30)
    # Admitted at the moment in which it is cancelled.
    await workers.ask("b", 40)
    workers.ends["a"].set()
    workers.ends["small"].set()
    await asyncio.gather(workers.tasks["a"], workers.tasks["small"])
    workers.tasks["b"].cancel()
    with pytest.raises(asyncio.CancelledError):
        await workers.tasks["b"]
    await workers.ask("whole", 50)
    assert workers.begun[-1] == "whole"
    await workers.end("whole")


_KINDS = {
    "PNG": ("L", "P", "RGBA"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("P",),
    "AVIF": ("RGB", "RGBA"),
}


@pytest.mark.parametrize("kind", _KINDS)
def test_a_pictures_size_is_read_without_decoding(kind: str) -> None:
    for mode in _KINDS[kind]:
        for size in ((1, 1), (37, 61), (640, 17)):
            assert declared_pixels(encode_picture(noise(mode, size), kind)) == size[0] * size[1]
    frames = [noise("RGB", (33, 44), seed) for seed in range(3)]
    if kind != "JPEG":
        data = encode_picture(frames[0], kind, save_all=True, append_images=frames[1:])
        assert declared_pixels(data) == 33 * 44
    picture = noise("RGB", (70, 50)).convert(_KINDS[kind][0])
    options = {"lossless": True} if kind == "WEBP" else {"progressive": True} if kind == "JPEG" else {}
    assert declared_pixels(encode_picture(picture, kind, exif=Image.Exif(), **options)) == 3500


@given(st.sampled_from(sorted(_KINDS)), st.integers(0, 60), st.randoms(use_true_random=False))
def test_a_broken_header_is_no_error_and_costs_something(kind: str, length: int, dice: random.Random) -> None:
    data = bytearray(encode_picture(noise("RGB", (20, 20)).convert(_KINDS[kind][0]), kind))
    for at in range(12, min(len(data), 64)):
        if dice.random() < 0.1:
            data[at] = dice.randrange(256)
    assert declared_pixels(bytes(data)) >= 0
    assert declared_pixels(bytes(data[: 12 + length])) >= 0


def test_a_job_costs_the_megapixels_it_decodes_and_draws() -> None:
    photo = encode_picture(noise("RGB", (1000, 500)), "JPEG")
    assert megapixels_of([photo]) == 0.5
    assert megapixels_of([photo, ImageSpec(1000, 1000), None, (0.1, 0.2)]) == 1.5
    assert megapixels_of([Card("Ciao", width=1000, height=1000, photo=photo, logo=photo)]) == 2
    assert megapixels_of([b"", b"<svg>"]) == 0
    # Truncated before its size: counts as the largest allowed picture.
    assert megapixels_of([photo[:20]]) == MAX_PIXELS / 1_000_000
    assert Image.open(BytesIO(photo)).size == (1000, 500)
