"""Scheduled posts with their pictures made, in any number: one made by Araldo itself, the others cloned from it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.support.waiting import until

from bench.cloning import Clone, Cloner
from bench.ideal import PLATFORMS, IdealPost
from bench.responder import Call
from bench.system import BenchSystem, Server

# From the last write before the server starts until the first post is due: for starting and settling.
LEAD_S = 25.0
_READY_S = 1.0
_NUMBER = "benchnumber"
_TEXT = f"Da oggi la nuova stagione: prova {_NUMBER}, con tutto quello che serve per un fine settimana fuori porta."


@dataclass(frozen=True, slots=True)
class DuePosts:
    """What was scheduled: when each post is due (Unix time), and the JPEG that a Page gets."""

    platforms: Sequence[str]
    due: Sequence[float]
    picture: bytes

    @property
    def deliveries(self) -> int:
        return len(self.due) * len(self.platforms)

    def ideal_posts(self, accounts: int) -> list[IdealPost]:
        return [
            IdealPost(_TEXT.replace(_NUMBER, str(number)), number % accounts, due - self.due[0])
            for number, due in enumerate(self.due)
        ]


def schedule(system: BenchSystem, offsets_s: Sequence[float], platforms: Sequence[str] = PLATFORMS) -> DuePosts:
    """Schedule a post for each offset, in seconds after the first is due, spread over all accounts.

    No server may be running; start one at once. The first is due `LEAD_S` after this returns.
    """
    with system.start() as server:
        accounts = server.accounts()
        template_due = datetime.now(UTC) + timedelta(days=30)
        template_id = server.schedule_illustrated(_TEXT, platforms, template_due)
        picture = server.facebook_picture(template_id)
    first = time.time() + LEAD_S
    due = [first + offset for offset in offsets_s]
    replaced = {_NUMBER, *accounts[0].values()}

    def clone(number: int) -> Clone:
        own = accounts[number % len(accounts)]
        texts = {accounts[0][platform]: own[platform] for platform in platforms}
        shift = datetime.fromtimestamp(due[number], UTC) - template_due
        return Clone(shift, texts | {_NUMBER: str(number)})

    def write(cloner: Cloner) -> None:
        template = cloner.template(template_id, replaced)
        cloner.write((template, clone(number)) for number in range(len(due)))

    system.edit_database(write)
    return DuePosts(platforms, due, picture)


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A delivery that Araldo recorded as published; `due`: its post's time (Unix time)."""

    platform: str
    remote_id: str
    due: float


@contextmanager
def serving_due(system: BenchSystem, posts: DuePosts) -> Iterator[Server]:
    """Start a server and wait until just before the first post is due; forget earlier calls."""
    with system.start() as server:
        left = posts.due[0] - _READY_S - time.time()
        assert left > 0, "the server did not start in time: the machine is too busy"
        time.sleep(left)  # until just before the first is due
        system.responder.reset()
        yield server


def wait_until_published(system: BenchSystem, posts: DuePosts, within_s: float) -> list[Call]:
    """Wait until all are published and their links are read; return all calls. Raises AssertionError."""
    until(lambda: system.responder.published() >= posts.deliveries, within_s=within_s, pause_s=0.5)
    until(lambda: all_links_read(system.responder.calls(), posts.platforms, len(posts.due)), within_s=60, pause_s=1)
    return system.responder.calls()


def all_links_read(calls: Sequence[Call], platforms: Sequence[str], posts: int) -> bool:
    """Whether so many posts are published on all platforms and their links read; a Page answers with the link."""
    published = sum(call.is_publish for call in calls)
    read = sum(call.is_permalink for call in calls)
    return published >= posts * len(platforms) and read >= posts * sum(name != "facebook" for name in platforms)


def check_published(server: Server, posts: DuePosts) -> list[PublishedRow]:
    """Return the deliveries that Araldo recorded as published.

    Raises AssertionError unless there is exactly one for each that was scheduled, with an id of its own.
    """
    found: list[PublishedRow] = []

    def all_recorded() -> bool:
        # The last answer may have arrived a moment ago.
        found[:] = [
            PublishedRow(row["platform"], row["post_id"], datetime.fromisoformat(post["schedule_time"]).timestamp())
            for post in server.all_posts()
            if post["status"] == "published"
            for row in post["platforms"]
        ]
        return len(found) == posts.deliveries

    until(all_recorded, within_s=120, pause_s=2)
    assert len({row.remote_id for row in found}) == posts.deliveries
    return found
