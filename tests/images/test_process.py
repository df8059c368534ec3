"""The image process: its limits, and recovery when it or its parent ends."""

from __future__ import annotations

import asyncio
import os
import pickle
import re
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from araldo.app import Araldo
from araldo.images.designer import Card, draw, draw_jpeg
from araldo.images.fit import fit
from araldo.images.process import ImageProcess
from araldo.images.sanitizing import SanitizedPicture, sanitize
from araldo.images.spec import ImageSpec
from araldo.images.unusable import UnusablePicture
from araldo.images.worker_process import WorkerLimits
from araldo.images.worker_protocol import Reply, decode_reply
from araldo.local_faults import TransientFault
from araldo.settings import Settings
from tests.images.pictures import encode_picture, quarters

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

PHOTO = encode_picture(quarters((64, 64)), "JPEG")


@asynccontextmanager
async def running(limits: WorkerLimits | None = None) -> AsyncIterator[ImageProcess]:
    images = ImageProcess(limits)
    try:
        yield images
    finally:
        await images.close()
        assert images.pids == []


async def until(condition: Callable[[], bool], within_s: float = 30.0) -> None:
    """Wait for a condition as support.waiting.until does, without blocking the event loop."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - of another process there is no event
            await asyncio.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Whether a process is running; a zombie is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def resident_mb(pid: int | str = "self") -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") // 1_000_000
    except FileNotFoundError:
        # It has just exited.
        return 0


def thread_niceness(pid: int) -> list[int]:
    """Return the niceness of each thread, more than this process's own, in rising order."""
    stats = [(task / "stat").read_text().rpartition(")")[2].split() for task in Path(f"/proc/{pid}/task").iterdir()]
    return sorted(int(fields[16]) - os.getpriority(os.PRIO_PROCESS, 0) for fields in stats)


def moving_webp(side: int) -> bytes:
    """Return an animation with a canvas of `side` x `side`: about 150 bytes that need 20 bytes per pixel to decode."""
    frames = [Image.new("RGBA", (8, 8), color) for color in ("red", "blue")]
    data = bytearray(encode_picture(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True))
    data[24:30] = (side - 1).to_bytes(3, "little") * 2
    return bytes(data)


def large_png(side: int) -> bytes:
    """Nothing but transparency."""
    rows = zlib.compress(bytes((1 + 4 * side) * side), 1)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
    written = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


async def stop_worker_during_a_job(images: ImageProcess) -> tuple[int, asyncio.Task[SanitizedPicture]]:
    """Start a job and stop the worker during it; return its process id and the job's task."""
    await images.run(sanitize, PHOTO)
    pid = images.pids[0]
    os.kill(pid, signal.SIGSTOP)
    task = asyncio.create_task(images.run(sanitize, PHOTO))
    await asyncio.sleep(0)
    await until(lambda: images.busy)
    return pid, task


async def test_one_process_starts_with_the_first_job_and_runs_all_others() -> None:
    async with running() as images:
        assert images.pids == []
        assert await images.run(sanitize, PHOTO) == sanitize(PHOTO)
        pids = images.pids
        assert len(pids) == 1
        spec = ImageSpec(32, 32)
        assert await images.run(fit, PHOTO, spec, focal=(0.1, 0.1)) == fit(PHOTO, spec, focal=(0.1, 0.1))
        card = Card("Ciao")
        assert await images.run(draw_jpeg, card) == draw_jpeg(card)
        assert images.pids == pids
    assert not is_alive(pids[0])


async def test_the_worker_inherits_no_environment_or_descriptors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("ARALDO_SECRET_KEYS", "ARALDO_META__APP_SECRET", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "told in confidence")
    secret = (tmp_path / "secret.key").open("w+")
    os.set_inheritable(secret.fileno(), True)
    async with running() as images:
        await images.run(sanitize, PHOTO)
        found = Path(f"/proc/{images.pids[0]}")
        environment = (found / "environ").read_bytes()
        assert b"in confidence" not in environment
        assert b"ARALDO" not in environment
        held = {link.name: str(link.readlink()) for link in (found / "fd").iterdir()}
        assert set(held) <= {"0", "1", "2"}, held
        limits = (found / "limits").read_text().splitlines()
        assert any(
            line.startswith("Max address space") and str(WorkerLimits().address_space) in line for line in limits
        )
        assert any(line.startswith("Max core file size") and line.split()[4] == "0" for line in limits)
    secret.close()


async def test_errors_of_a_job_are_raised_in_the_caller() -> None:
    async with running() as images:
        with pytest.raises(UnusablePicture) as refused:
            await images.run(sanitize, b"<svg>")
        assert refused.value.code == "svg"
        with pytest.raises(ValueError, match="focal point"):
            await images.run(fit, PHOTO, ImageSpec(8, 8), focal=(7, 7))
        with pytest.raises(ValueError, match="not a job"):
            await images.run(os.getcwd)
        with pytest.raises(RuntimeError, match="AttributeError"):
            await images.run(fit, PHOTO, "no spec")  # type: ignore[arg-type]  # a mistake of ours
        assert await images.run(sanitize, PHOTO) == sanitize(PHOTO)


async def test_a_worker_killed_during_a_job_is_replaced_and_the_job_repeated() -> None:
    async with running() as images:
        pid, task = await stop_worker_during_a_job(images)
        os.kill(pid, signal.SIGKILL)
        assert await task == sanitize(PHOTO)
        await images.run(sanitize, PHOTO)
        assert pid not in images.pids


async def test_a_worker_killed_at_every_try_is_a_transient_fault() -> None:
    async with running() as images:
        pid, task = await stop_worker_during_a_job(images)
        os.kill(pid, signal.SIGKILL)
        await until(lambda: bool(images.pids) and pid not in images.pids)
        os.kill(images.pids[0], signal.SIGKILL)
        with pytest.raises(TransientFault):
            await task
        assert await images.run(sanitize, PHOTO) == sanitize(PHOTO)


async def test_a_worker_that_cannot_start_is_a_transient_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise BlockingIOError("no more processes")

    async with running() as images:
        with monkeypatch.context() as patched:
            patched.setattr(subprocess, "Popen", full)
            with pytest.raises(TransientFault):
                await images.run(sanitize, PHOTO)
        assert await images.run(sanitize, PHOTO) == sanitize(PHOTO)


@pytest.mark.parametrize("busy", [False, True])
def test_the_worker_ends_when_its_parent_is_killed(busy: bool, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    command = [sys.executable, str(script), str(int(busy))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        try:
            assert is_alive(pid)
        finally:
            parent.kill()
        asyncio.run(until(lambda: not is_alive(pid)))


_PARENT = """
import asyncio, sys
sys.path.insert(0, ".")
from tests.images.test_process import PHOTO, ImageProcess, sanitize, moving_webp

async def main():
    images = ImageProcess()
    await images.run(sanitize, PHOTO)
    if sys.argv[1] == "1":
        work = asyncio.create_task(images.run(sanitize, moving_webp(7000)))
        await asyncio.sleep(0.05)
        assert images.busy
    print(images.pids[0], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_an_idle_worker_ends() -> None:
    async with running(WorkerLimits(idle_s=0.05)) as images:
        await images.run(sanitize, PHOTO)
        pid = images.pids[0]
        await until(lambda: images.pids == [])
        assert not is_alive(pid)
        assert await images.run(sanitize, PHOTO) == sanitize(PHOTO)
        assert pid not in images.pids


async def test_threads_that_draw_anything_but_previews_have_a_lower_priority() -> None:
    async with running() as images:
        await images.run(draw_jpeg, Card("Ciao"))
        assert set(thread_niceness(images.pids[0])) == {0}
        await images.run(draw, Card("Ciao"))
        assert set(thread_niceness(images.pids[0])) == {0, 5}
        assert thread_niceness(images.pids[0]).count(5) == 1


async def test_a_preview_does_not_wait_for_pictures() -> None:
    async with running() as images:
        await images.run(draw_jpeg, Card("Ciao"))
        drawing = [asyncio.create_task(images.run(draw, Card(f"Ciao {number}"))) for number in range(30)]
        await asyncio.sleep(0)
        await images.run(draw_jpeg, Card("Ciao di nuovo"))
        assert sum(task.done() for task in drawing) < 15
        assert len(await asyncio.gather(*drawing)) == 30


async def test_freed_memory_is_returned_in_a_pause() -> None:
    async with running() as images:
        await asyncio.gather(
            *(images.run(draw, Card(f"Ciao {number}", width=1080, height=1920)) for number in range(8))
        )
        pid = images.pids[0]
        used = resident_mb(pid)
        await until(lambda: resident_mb(pid) < used - 10)
        # The same worker goes on.
        await images.run(draw_jpeg, Card("Ciao"))
        assert images.pids == [pid]


async def test_a_worker_over_its_limits_is_replaced_between_jobs() -> None:
    for limits in (WorkerLimits(resident=1), WorkerLimits(cpu_s=0)):
        async with running(limits) as images:
            pids = set()
            for _ in range(2):
                await images.run(sanitize, PHOTO)
                await until(lambda: images.pids == [])
                assert await images.run(sanitize, PHOTO) == sanitize(PHOTO)
                pids |= set(images.pids)
            jobs = [images.run(sanitize, PHOTO) for _ in range(6)]
            assert await asyncio.gather(*jobs) == [sanitize(PHOTO)] * 6


async def test_a_picture_that_crashes_the_worker_twice_is_refused() -> None:
    async with running(WorkerLimits(most_cpu_s=1)) as images:
        costly = asyncio.create_task(images.run(sanitize, moving_webp(7000)))
        other = asyncio.create_task(images.run(sanitize, PHOTO))
        with pytest.raises(UnusablePicture) as refused:
            await costly
        assert refused.value.code == "too_costly"
        assert await other == sanitize(PHOTO)
        assert await images.run(sanitize, PHOTO) == sanitize(PHOTO)


async def test_a_picture_that_needs_too_much_memory_is_refused() -> None:
    large = large_png(7000)
    async with running(WorkerLimits(address_space=400 * 1024**2)) as images:
        for _ in range(2):
            with pytest.raises(UnusablePicture) as refused:
                await images.run(sanitize, large)
            assert refused.value.code == "too_costly"
            assert await images.run(sanitize, PHOTO) == sanitize(PHOTO)


async def test_a_pictures_memory_is_not_held_by_the_application() -> None:
    async with running() as images:
        await images.run(sanitize, PHOTO)
        before = resident_mb()
        for _ in range(3):
            cleaned = await images.run(sanitize, moving_webp(6000))
            assert (cleaned.width, cleaned.height) == (6000, 6000)
            assert resident_mb() < before + 50
        await images.run(sanitize, PHOTO)
        # A worker over its memory limit is replaced as soon as its jobs are done.
        await until(lambda: all(resident_mb(pid) * 1_000_000 <= WorkerLimits().resident * 1.1 for pid in images.pids))
        assert images.pids


async def test_a_cancelled_caller_leaves_the_worker_usable() -> None:
    async with running() as images:
        pid, task = await stop_worker_during_a_job(images)
        waiting = [asyncio.create_task(images.run(sanitize, PHOTO)) for _ in range(5)]
        await asyncio.sleep(0)
        for waiter in (task, *waiting[:4]):
            waiter.cancel()
        assert all(
            isinstance(end, asyncio.CancelledError)
            for end in await asyncio.gather(task, *waiting[:4], return_exceptions=True)
        )
        os.kill(pid, signal.SIGCONT)
        assert await waiting[4] == sanitize(PHOTO)
        assert images.pids == [pid]


async def test_closing_during_a_job_kills_the_worker_with_a_transient_fault() -> None:
    images = ImageProcess()
    pid, task = await stop_worker_during_a_job(images)
    await images.close()
    with pytest.raises(TransientFault):
        await task
    assert images.pids == []
    assert not is_alive(pid)
    with pytest.raises(TransientFault):
        await images.run(sanitize, PHOTO)
    assert images.pids == []


class _Trap:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("/tmp/araldo-was-here",)


def test_replies_are_unpickled_to_allowed_types_only() -> None:
    good = Reply(1, "result", sanitize(PHOTO), 0.1, 1)
    assert decode_reply(pickle.dumps(good)) == good
    for bad in (Reply(1, "result", _Trap(), 0.1, 1), {"number": 1}, Reply(1, "result", Path("/"), 0.1, 1)):
        with pytest.raises(pickle.UnpicklingError):
            decode_reply(pickle.dumps(bad))
    with pytest.raises(pickle.UnpicklingError):
        decode_reply(b"no pickle")
    assert not Path("/tmp/araldo-was-here").exists()


def test_no_module_decodes_pictures_in_threads() -> None:
    """Decoding outside the image process would decode untrusted files in the process that holds the keys."""
    source = Path(__file__).parents[2] / "src" / "araldo"
    texts = {
        str(path.relative_to(source)): path.read_text()
        for folder in ("api", "images", "workflows", "media", "posts")
        for path in (source / folder).rglob("*.py")
    }
    threaded = {
        name
        for name, text in texts.items()
        if re.search(r"to_thread|run_in_executor|PoolExecutor", text)
        and (name.startswith("images/") or re.search(r"^\s*(from|import) (PIL|araldo\.(images|media))\b", text, re.M))
    }
    assert threaded == {"images/process.py", "images/worker.py", "images/worker_process.py"}


def test_an_application_shares_one_image_process(tmp_path: Path) -> None:
    """A component without the shared process would use threads, which are for tests only."""
    araldo = Araldo(Settings(data_dir=tmp_path))
    deps = araldo.dependencies()
    holders: list[Any] = [araldo.fitting, araldo.branding, araldo.picture_generator, deps.previews]
    holders += [vars(deps.providers)["_runner"], vars(deps.providers)["_providers"]["offline"]]
    assert {id(vars(holder)["_images"]) for holder in holders} == {id(araldo.images)}
    assert isinstance(araldo.images, ImageProcess)
