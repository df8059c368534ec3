"""A sandbox killed with SIGKILL keeps everything that it had answered."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import aiohttp
import pytest

from araldo.sandbox.common.disk import DiskStorage
from araldo.sandbox.common.store import SandboxStore
from araldo.sandbox.meta.records import Media
from araldo.sandbox.meta.state import MetaState
from tests.sandbox.meta import ACCOUNT, PAGE, Meta
from tests.sandbox.test_tokens import page_token
from tests.support.processes import free_port
from tests.support.running_system import ask
from tests.support.waiting import until

# As `araldo sandbox --data-dir` does it, without the two seconds that the rest of Araldo takes to load.
_SERVE = """
import pathlib, sys, uvicorn
from araldo.sandbox.app import create_app
port = int(sys.argv[1])
app = create_app(public_url=f"http://127.0.0.1:{port}", data_dir=pathlib.Path(sys.argv[2]))
uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
"""


@contextmanager
def started(folder: Path, port: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a sandbox process until it answers, and kill it at the end."""
    words = [sys.executable, "-c", _SERVE, str(port), str(folder)]
    with (folder / "output").open("ab") as output:
        process = subprocess.Popen(words, stdout=output, stderr=output)
    url = f"http://127.0.0.1:{port}"

    def is_up() -> bool:
        assert process.poll() is None, (folder / "output").read_text()
        try:
            return ask("GET", f"{url}/_sandbox/clock").status == 200
        except OSError:
            return False

    try:
        until(is_up)
        yield url, process
    finally:
        process.kill()
        process.wait(20)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def test_answered_calls_survive_a_kill(tmp_path: Path, pictures: str, session: aiohttp.ClientSession) -> None:
    port = free_port()
    with started(tmp_path, port) as (url, process):
        meta = Meta(url, session)
        await meta.set(container_delay_s=0)
        user = await meta.token()
        token = await page_token(meta, user)
        photo = (await meta.photo(token)).body["id"]
        media = [{"media_fbid": photo}]
        post = (await meta.post(f"{PAGE}/feed", token, message="ciao", attached_media=media)).body["id"]
        container = await meta.container(user, f"{pictures}/800x800.jpg", caption="ciao")
        published = (await meta.publish(user, container)).body["id"]
        first = (await meta.post(f"{post}/comments", token, message="primo")).body["id"]
        await meta.post(f"{first}/comments", token, message="risposta")
        await meta.post(f"{published}/comments", user, message="primo")
        await meta.post(published, user, comment_enabled=False)
        before = await meta.state()
        log = await meta.control("GET", "log")
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
    with started(tmp_path, port):
        assert await meta.state() == before
        assert await meta.control("GET", "log") == log
        assert (await meta.post(f"{PAGE}/feed", token, message="due", attached_media=media)).codes == (100, 1366051)
        assert (await meta.publish(user, container)).codes == (9004, 2207008)
        assert [item["message"] for item in (await meta.get(f"{first}/comments", token)).body["data"]] == ["risposta"]
        assert [item["text"] for item in (await meta.get(f"{published}/comments", user)).body["data"]] == ["primo"]
        assert (await meta.post(f"{published}/comments", user, message="dopo")).codes == (100, None)
        assert [item["id"] for item in (await meta.get(f"{ACCOUNT}/media", user)).body["data"]] == [published]
        assert [item["id"] for item in (await meta.get(f"{PAGE}/feed", token)).body["data"]] == [post]
        picture = (await meta.get(photo, token, fields="images")).body["images"][0]["source"]
        assert (await meta.call("HEAD", picture)).status == 200


def test_media_stored_by_an_older_version_accept_comments(tmp_path: Path) -> None:
    with closing(DiskStorage(tmp_path)) as disk:
        store = SandboxStore("http://127.0.0.1:1", disk)
        state = MetaState(store)
        media = Media("18", "17", "16", 0.0, "abc", "IMAGE", "FEED", "ciao", "", None, [])
        earlier = {name: value for name, value in asdict(media).items() if name != "comments_enabled"}
        disk.write({("media", media.id): earlier})
        assert store.load()
        assert state.media["18"] == media
        assert state.media["18"].comments_enabled
