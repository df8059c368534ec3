"""The system of a campaign: the sandbox, server processes on one database, posts, and a comparison of both sides."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.client import HTTPException
from pathlib import Path
from typing import Any

from sqlalchemy import select

from araldo.app import Araldo
from araldo.errors import TryLater
from araldo.images.fit import FittedPicture, fit
from araldo.images.spec import ImageSpec
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.posts.rules import NewPost
from araldo.settings import Settings
from araldo.storage.database import new_id
from araldo.storage.picture_tables import slide_pictures
from araldo.storage.schema import attempts, deliveries, posts
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace
from tests.chaos.comparison import UNSETTLED, Comparison, compare
from tests.chaos.interruptions import Interruption
from tests.chaos.launcher import Launcher
from tests.chaos.service import ServiceCampaign
from tests.images.pictures import encode_picture, quarters
from tests.support.database import open_reading_of, open_transaction
from tests.support.processes import environment, free_port
from tests.support.running_system import SandboxClient, add_key_and_connect, ask, settings_for
from tests.support.waiting import until

TIMES = {"HTTP_TIMEOUT_S": "1", "LEASE_S": "2", "SWEEP_S": "0.1", "CHECK_GAP_S": "0.5"}
# On a machine that is busy a log-in can take longer than a call may.
_CONNECTED_WITHIN_S = 60.0


@dataclass
class ServerProcess:
    """One process of `araldo up` or of the sandbox."""

    pid: int
    url: str
    was_ready: bool = False

    @property
    def is_running(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    @property
    def is_active(self) -> bool:
        """Whether it is running and not stopped."""
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        return state not in {"T", "t", "Z", "X"}

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        until(lambda: not self.is_running, within_s=20, pause_s=0.005)

    @property
    def is_ready(self) -> bool:
        try:
            self.was_ready = ask("GET", f"{self.url}/api/v1/health", within_s=2).status == 200
        except (OSError, HTTPException):
            return False
        return self.was_ready


class CampaignSystem:
    """`open` it; then `give` posts, `start` victims, and `compare` when `settled`.

    With `workers`, a victim is one of so many workers beside a web server, on PostgreSQL; else a whole `araldo up`.
    """

    def __init__(
        self,
        folder: Path,
        service: ServiceCampaign,
        sandbox: SandboxClient,
        launcher: Launcher,
        settings: Settings,
        *,
        workers: int = 0,
    ) -> None:
        self.folder = folder
        self.service = service
        self.sandbox = sandbox
        self.settings = settings
        self.created_count = 0
        self.key = ""
        # The one that was started last.
        self.server: ServerProcess | None = None
        self._launcher = launcher
        self._workers = workers
        # What runs beside the victim: the web server, and the other workers, the oldest first.
        self._web: ServerProcess | None = None
        self._others: list[ServerProcess] = []
        self._pictures: dict[str, Medium] = {}

    def start(self, interruption: Interruption | None = None, *, data_dir: Path | None = None) -> ServerProcess:
        """Start a server and return at once. `data_dir`: of a second server on the same PostgreSQL database."""
        if self._workers:
            self._keep_others_running()
        words = ["worker"] if self._workers else ["up"]
        self.server = self._launch(words, interruption, data_dir)
        return self.server

    def _keep_others_running(self) -> None:
        """Start what is missing beside the next victim; the oldest worker is killed and never started again."""
        if self._web is None or not self._web.is_running:
            self._web = self._launch(["up", "--no-worker"], None, None)
            until(lambda: self._web is not None and self._web.is_ready, within_s=60)
        for oldest in self._others[:1]:
            oldest.kill()
        self._others = [other for other in self._others if other.is_running]
        while len(self._others) < self._workers - 1:
            self._others.append(self._launch(["worker"], None, None))

    def close(self) -> None:
        """Kill all that runs."""
        for process in (self.server, self._web, *self._others):
            if process is not None:
                process.kill()

    def _launch(self, words: Sequence[str], interruption: Interruption | None, data_dir: Path | None) -> ServerProcess:
        port = free_port() if data_dir else self.settings.port
        env = environment(data_dir or self.settings.data_dir, port) | self.service.environment(self.sandbox.url)
        env |= {f"ARALDO_PUBLISH__{name}": value for name, value in TIMES.items()}
        env |= {"ARALDO_LOG_LEVEL": "info", "ARALDO_SECRET_KEYS": ",".join(self.settings.secret_keys)}
        if self.settings.database.url is not None:
            env["ARALDO_DATABASE__URL"] = self.settings.database.url.get_secret_value()
        pid = self._launcher.start(
            words, env, self.folder / "servers.log", None if interruption is None else asdict(interruption)
        )
        return ServerProcess(pid, f"http://127.0.0.1:{port}")

    def ready_pid(self) -> int | None:
        """Return the pid of the last server; None while it starts and when it is dead."""
        server = self.server
        if server is None or not server.is_running:
            return None
        return server.pid if server.was_ready or server.is_ready else None

    def connect(self) -> None:
        """Connect the accounts as a person would, also again after the access was lost, or when nothing answered."""
        until(self._connect_once, within_s=_CONNECTED_WITHIN_S, pause_s=1)

    def _connect_once(self) -> bool:
        method, answers = self.service.connection(self.sandbox)
        try:
            self.key = asyncio.run(add_key_and_connect(self.settings, (self.service.name, method, answers)))
        except TryLater:
            return False
        return True

    def act(self, server: ServerProcess, post_id: str, act: str) -> int | None:
        """Cancel or edit a post over HTTP; return the status, None when the server died before it answered."""
        path, headers = f"{server.url}/api/v1/posts/{post_id}", {"Authorization": f"Bearer {self.key}"}
        try:
            if act == "edit":
                # The words may change until the intent; what is compared are the handles, which do not.
                return ask("PATCH", path, {"cta": f"Alle {time.time()}"}, headers, within_s=2).status
            return ask("POST", f"{path}/{act}", {}, headers, within_s=2).status
        except (OSError, HTTPException):
            return None

    def create_posts(
        self,
        platforms: Sequence[str],
        count: int = 1,
        *,
        pictures: bool = True,
        slides: int = 0,
        due_s: Sequence[float] = (),
    ) -> list[str]:
        """Create `count` posts, each for all these platforms, with ready pictures or none, and return their ids.

        With `slides`, each is of so many pictures, which are cropped from one when it is published. `due_s`: one
        scheduled post for each, due so many seconds from now, instead of `count` that go out at once.
        """
        times: list[datetime | None] = [datetime.now(UTC) + timedelta(seconds=seconds) for seconds in due_s]
        return asyncio.run(self._create_posts(platforms, times or [None] * count, pictures and not slides, slides))

    async def _create_posts(
        self, platforms: Sequence[str], times: Sequence[datetime | None], with_pictures: bool, slides: int
    ) -> list[str]:
        araldo = Araldo(self.settings)
        try:
            with open_transaction(araldo.database) as transaction:
                workspace = workspace_store.get_or_create_first(transaction, araldo.clock.now())
            if not self._pictures:
                self._pictures = await _pictures(araldo, workspace)
            made = []
            for due in times:
                self.created_count += 1
                new = NewPost(
                    content=f"Prova {self.created_count}: ogni cosa una volta sola",
                    platforms=platforms,
                    intent="publish" if due is None else "schedule",
                    due_at=due,
                    makes_pictures=bool(slides),
                    slides=[{"media_id": self._pictures[platforms[0]].id}] * slides,
                    pictured=platforms if with_pictures else (),
                )
                pictures = {name: self._pictures[name] for name in platforms if with_pictures}
                made.append(await araldo.dependencies().post_creator.create(workspace, new, pictures=pictures))
            return made
        finally:
            await araldo.close()

    def rows(self) -> list[dict[str, Any]]:
        """Return every delivery with its `marks`, by which the service's campaign finds what readers see of it.

        `slides`: how many pictures it shows as a carousel.
        """
        with open_reading_of(self.settings.database_url) as transaction:
            found = [row._asdict() for row in transaction.execute(select(deliveries))]
            asked = list(transaction.execute(select(attempts.c.delivery_id, attempts.c.asked)))
            slides = Counter(transaction.execute(select(slide_pictures.c.delivery_id)).scalars())
            contents = {row.id: row.content for row in transaction.execute(select(posts.c.id, posts.c.content))}
        tickets: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for delivery_id, ticket in asked:
            tickets[delivery_id].append(ticket)
        marks = {row["id"]: self.service.marks(contents[row["post_id"]], tickets[row["id"]]) for row in found}
        return [row | {"marks": marks[row["id"]], "slides": slides[row["id"]]} for row in found]

    def contents(self) -> Counter[str]:
        """Return how many posts there are of each content."""
        with open_reading_of(self.settings.database_url) as transaction:
            return Counter(transaction.execute(select(posts.c.content)).scalars())

    def settled(self) -> bool:
        """Return whether nothing is under way; asked many times a second, so it reads the states alone."""
        with open_reading_of(self.settings.database_url) as transaction:
            return UNSETTLED.isdisjoint(transaction.execute(select(deliveries.c.state).distinct()).scalars())

    def unsettled(self) -> list[dict[str, Any]]:
        """Return what is still under way: its state, when it is tried again, and why it waits."""
        names = ("id", "state", "tries", "next_at", "due_at", "error")
        return [{name: row[name] for name in names} for row in self.rows() if row["state"] in UNSETTLED]

    def compare(self) -> Comparison:
        """Compare the database with what people can see."""
        return compare(self.rows(), self.service.visible_posts(self.sandbox.state()))


@cache
def _fitted(spec: ImageSpec) -> FittedPicture:
    """Return the picture of all posts at this size: each test of this process has the same ones."""
    return fit(encode_picture(quarters((1200, 1200)), "JPEG"), spec)


async def _pictures(araldo: Araldo, workspace: Workspace) -> dict[str, Medium]:
    made = {}
    for name, declared in araldo.declarations.items():
        fitted = _fitted(declared.image)
        made[name] = Medium(
            id=new_id("med"),
            workspace_id=workspace.id,
            digest=await araldo.blobs.put(fitted.data),
            mime="image/jpeg",
            width=fitted.width,
            height=fitted.height,
            bytes=len(fitted.data),
            origin="fetched",
            provider=None,
            alt="",
            placeholder=None,
            created_at=araldo.clock.now(),
        )
    with open_transaction(araldo.database) as transaction:
        for medium in made.values():
            media_store.add(transaction, medium)
    return made


@contextmanager
def open_system(
    folder: Path,
    launcher: Launcher,
    service: ServiceCampaign,
    database_url: str | None = None,
    *,
    workers: int = 0,
    server: SandboxClient | None = None,
) -> Iterator[CampaignSystem]:
    """Connect accounts of the service on an empty server with room for thousands of posts, until the block ends.

    `server`: what the campaign's `own_server` gives; without one a sandbox is started.
    """
    with _running_sandbox(folder, launcher) if server is None else nullcontext(server) as client:
        client.control("reset", {})
        more = {**service.settings(client.url), **_database(database_url)}
        settings = settings_for(folder, client.url, port=free_port(), secret_keys=[SECRET], **more)
        system = CampaignSystem(folder, service, client, launcher, settings, workers=workers)
        try:
            client.control("settings", service.sandbox_settings(service.start_settings))
            system.connect()
            yield system
        finally:
            system.close()


@contextmanager
def _running_sandbox(folder: Path, launcher: Launcher) -> Iterator[SandboxClient]:
    port = free_port()
    client = SandboxClient(f"http://127.0.0.1:{port}")
    words = ["sandbox", "--port", str(port)]
    sandbox = ServerProcess(
        launcher.start(words, environment(folder / "sandbox", port), folder / "sandbox.log"), client.url
    )
    try:
        until(lambda: _answers(client) or not sandbox.is_running, within_s=60)
        yield client
    finally:
        sandbox.kill()


def _database(url: str | None) -> dict[str, Any]:
    return {} if url is None else {"database": {"url": url}}


# Tests' own, so that several victims open the same tokens.
SECRET = "k7dWb0mUOqHn2m5mH4c0H5rX1oJvUO9i2mJ9k0f3l0E="


def _answers(sandbox: SandboxClient) -> bool:
    try:
        sandbox.control("settings")
    except OSError:
        return False
    return True
