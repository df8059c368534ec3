"""Both sides of a campaign: the sandbox, victims on one database, posts given to them, and a comparison."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any

from sqlalchemy import select

from araldo.app import Araldo
from araldo.images.fit import fit
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.posts.models import WORKING, State
from araldo.posts.rules import NewPost
from araldo.settings import Settings
from araldo.storage.database import new_id
from araldo.storage.schema import attempts, deliveries, posts
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace
from tests.chaos.launcher import Launcher
from tests.chaos.traps import Trap
from tests.images.pictures import encoded, quarters
from tests.support.house import Meta, ask, connected, settings_for
from tests.support.processes import environment, free_port
from tests.support.waiting import until

ALL = ("facebook", "instagram", "instagram_story", "facebook_story")
# Where a post shows several pictures.
SEVERAL = ("facebook", "instagram")
TIMES = {"HTTP_TIMEOUT_S": "1", "LEASE_S": "2", "SWEEP_S": "0.1", "LOOK_GAP_S": "0.5"}
MOVING = {*WORKING, State.SCHEDULED}


@dataclass
class Victim:
    """One `araldo up`."""

    pid: int
    url: str
    was_up: bool = False

    @property
    def lives(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    @property
    def moves(self) -> bool:
        """Alive and not stopped."""
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
        until(lambda: not self.lives, within_s=20, pause_s=0.005)

    @property
    def is_up(self) -> bool:
        try:
            self.was_up = ask("GET", f"{self.url}/api/v1/health", within_s=2).status == 200
        except (OSError, HTTPException):
            return False
        return self.was_up


@dataclass
class Tally:
    """What came of the deliveries. Every list has to be empty."""

    states: Counter[str] = field(default_factory=Counter)
    # Why what did not go out did not.
    reasons: Counter[str] = field(default_factory=Counter)
    twice: list[str] = field(default_factory=list)
    # Called published, and nothing is there.
    phantom: list[str] = field(default_factory=list)
    # Called failed, missed or cancelled, and a post is there.
    denied: list[str] = field(default_factory=list)
    # Failed or missed, and neither Meta nor a person was why.
    lost: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        return [*self.twice, *self.phantom, *self.denied, *self.lost, *self.unfinished]

    @property
    def is_clean(self) -> bool:
        return not self.wrong


class World:
    """`open` it; then `give` posts, `start` victims, and `compare` when `settled`."""

    def __init__(self, folder: Path, meta: Meta, launcher: Launcher, settings: Settings) -> None:
        self.folder = folder
        self.meta = meta
        self.settings = settings
        self.given = 0
        self.key = ""
        # The one that was started last.
        self.victim: Victim | None = None
        self._launcher = launcher
        self._pictures: dict[str, Medium] = {}

    def start(self, trap: Trap | None = None, *, data_dir: Path | None = None) -> Victim:
        """At once; it takes a moment until it is up. Another `data_dir` is for a second one on PostgreSQL."""
        port = free_port() if data_dir else self.settings.port
        env = environment(data_dir or self.settings.data_dir, port, self.meta)
        env |= {f"ARALDO_PUBLISH__{name}": value for name, value in TIMES.items()}
        env |= {"ARALDO_LOG_LEVEL": "info", "ARALDO_SECRET_KEYS": ",".join(self.settings.secret_keys)}
        if self.settings.database.url is not None:
            env["ARALDO_DATABASE__URL"] = self.settings.database.url.get_secret_value()
        pid = self._launcher.start(["up"], env, self.folder / "victims.log", None if trap is None else asdict(trap))
        self.victim = Victim(pid, f"http://127.0.0.1:{port}")
        return self.victim

    def pid_once_up(self) -> int | None:
        """Of the victim that was started last; None while it starts and when it is dead."""
        victim = self.victim
        if victim is None or not victim.lives:
            return None
        return victim.pid if victim.was_up or victim.is_up else None

    def connect(self) -> None:
        """With a fresh token, as a person would after the old one died."""
        self.key = asyncio.run(connected(self.settings, self.meta.mint()))

    def act(self, victim: Victim, post_id: str, act: str) -> int | None:
        """A person cancels or edits over HTTP; the status, or None when the victim was gone before it answered."""
        path, headers = f"{victim.url}/api/v1/posts/{post_id}", {"Authorization": f"Bearer {self.key}"}
        try:
            if act == "edit":
                # The words may change until the intent; what is compared are the handles, which do not.
                return ask("PATCH", path, {"cta": f"Alle {time.time()}"}, headers, within_s=2).status
            return ask("POST", f"{path}/{act}", {}, headers, within_s=2).status
        except OSError:
            return None

    def give(
        self,
        platforms: Sequence[str],
        count: int = 1,
        *,
        pictures: bool = True,
        slides: int = 0,
        due_s: Sequence[float] = (),
    ) -> list[str]:
        """So many posts, each to all these platforms, with pictures that are ready or none; the posts' ids.

        With `slides`, each is of so many pictures, which are cropped from one when it is published. `due_s`: one
        scheduled post for each, due so many seconds from now, instead of `count` that go out at once.
        """
        times: list[datetime | None] = [datetime.now(UTC) + timedelta(seconds=seconds) for seconds in due_s]
        return asyncio.run(self._give(platforms, times or [None] * count, pictures and not slides, slides))

    async def _give(
        self, platforms: Sequence[str], times: Sequence[datetime | None], with_pictures: bool, slides: int
    ) -> list[str]:
        araldo = Araldo(self.settings)
        try:
            async with araldo.database.transaction() as transaction:
                workspace = await workspace_store.first_or_new(transaction, araldo.clock.now())
            if not self._pictures:
                self._pictures = await _pictures(araldo, workspace)
            made = []
            for due in times:
                self.given += 1
                new = NewPost(
                    content=f"Prova {self.given}: ogni cosa una volta sola",
                    platforms=platforms,
                    intent="publish" if due is None else "schedule",
                    due_at=due,
                    makes_pictures=bool(slides),
                    slides=[{"media_id": self._pictures[platforms[0]].id}] * slides,
                    pictured=platforms if with_pictures else (),
                )
                pictures = {name: self._pictures[name] for name in platforms if with_pictures}
                made.append(await araldo.parts().intake.submit(workspace, new, pictures=pictures))
            return made
        finally:
            await araldo.close()

    def rows(self) -> list[dict[str, Any]]:
        """Every delivery, with all `marks` that it ever sent: handles, or its words where there are none."""
        return asyncio.run(self._rows())

    async def _rows(self) -> list[dict[str, Any]]:
        araldo = Araldo(self.settings)
        try:
            async with araldo.database.reading() as transaction:
                found = [row._asdict() for row in await transaction.execute(select(deliveries))]
                asked = list(await transaction.execute(select(attempts.c.delivery_id, attempts.c.asked)))
        finally:
            await araldo.close()
        sent: dict[str, set[str]] = {}
        for delivery_id, ticket in asked:
            sent.setdefault(delivery_id, set()).update(ticket["handles"] or [ticket["text"]])
        return [row | {"marks": sent.get(row["id"], set())} for row in found]

    def contents(self) -> Counter[str]:
        """How many posts there are with the same words."""
        return asyncio.run(self._contents())

    async def _contents(self) -> Counter[str]:
        araldo = Araldo(self.settings)
        try:
            async with araldo.database.reading() as transaction:
                return Counter((await transaction.execute(select(posts.c.content))).scalars())
        finally:
            await araldo.close()

    def settled(self) -> bool:
        return not self.moving()

    def moving(self) -> list[dict[str, Any]]:
        """What is not at rest: its state, when it is tried again, and why it waits."""
        names = ("id", "state", "tries", "next_at", "due_at", "error")
        return [{name: row[name] for name in names} for row in self.rows() if row["state"] in MOVING]

    def compare(self) -> Tally:
        """The database against what people could see. A send that no attempt knows of would be `phantom` or stray."""
        tally, seen = Tally(), _visible(self.meta.state())
        for row in self.rows():
            # The photos of one post are one post.
            state, out = row["state"], len(set().union(*(seen.get(mark, ()) for mark in row["marks"])))
            tally.states[f"{row['platform']} {state}"] += 1
            if row["error"] is not None:
                tally.reasons[f"{state}: {row['error']['service']} {row['error']['code']}"] += 1
            if out > 1:
                tally.twice.append(row["id"])
            elif state in MOVING or state == State.NEEDS_RECONNECT:
                tally.unfinished.append(row["id"])
            elif state == State.PUBLISHED and out == 0:
                tally.phantom.append(row["id"])
            elif state not in {State.PUBLISHED, State.UNCONFIRMED} and out:
                tally.denied.append(row["id"])
            elif state in {State.FAILED, State.MISSED} and _is_ours(row["error"]):
                tally.lost.append(row["id"])
        known = {mark for row in self.rows() for mark in row["marks"]}
        tally.denied += [f"stray {mark}" for mark in seen if mark not in known]
        return tally


def _is_ours(error: dict[str, Any]) -> bool:
    """Whether this machine or Araldo itself was the reason. A call that could not be made names the service."""
    return bool(error["service"] == "araldo" or error["code"] == "local_fault")


def _visible(state: dict[str, list[dict[str, Any]]]) -> dict[str, set[str]]:
    """By photo, container or text without a photo, what it is out as. A carousel is one medium and not its children."""
    seen: dict[str, set[str]] = defaultdict(set)
    for post in state["posts"]:
        if post["is_published"]:
            for mark in [attached["media_fbid"] for attached in post["attached_media"]] or [post["message"]]:
                seen[mark].add(post["id"])
    for story in state["stories"]:
        seen[story["photo"]].add(story["id"])
    for media in state["media"]:
        if media["parent"] is None:
            seen[media["container"]].add(media["id"])
    return seen


async def _pictures(araldo: Araldo, workspace: Workspace) -> dict[str, Medium]:
    made = {}
    for name, declared in araldo.declarations.items():
        fitted = fit(encoded(quarters((1200, 1200)), "JPEG"), declared.image)
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
    async with araldo.database.transaction() as transaction:
        for medium in made.values():
            await media_store.add(transaction, medium)
    return made


@contextmanager
def open_world(folder: Path, launcher: Launcher, database_url: str | None = None) -> Iterator[World]:
    """The sandbox with room for thousands of posts, and an account connected."""
    port = free_port()
    meta = Meta(f"http://127.0.0.1:{port}")
    words = ["sandbox", "--port", str(port)]
    sandbox = Victim(launcher.start(words, environment(folder / "sandbox", port), folder / "sandbox.log"), meta.url)
    settings = settings_for(folder, meta.url, port=free_port(), secret_keys=[SECRET], **_database(database_url))
    world = World(folder, meta, launcher, settings)
    try:
        until(lambda: _answers(meta) or not sandbox.lives, within_s=60)
        meta.control("settings", {"quota_total": 1_000_000, "container_limit": 1_000_000, "container_delay_s": 0.1})
        world.connect()
        yield world
    finally:
        for process in (sandbox, world.victim):
            if process is not None:
                process.kill()


def _database(url: str | None) -> dict[str, Any]:
    return {} if url is None else {"database": {"url": url}}


# Tests' own, so that several victims open the same tokens.
SECRET = "k7dWb0mUOqHn2m5mH4c0H5rX1oJvUO9i2mJ9k0f3l0E="


def _answers(meta: Meta) -> bool:
    try:
        meta.control("settings")
    except OSError:
        return False
    return True
