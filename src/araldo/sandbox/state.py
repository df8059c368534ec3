"""The sandbox's world in memory, written through to storage: tables of records, the clock, and the log of calls."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from araldo.sandbox.disk import InMemoryStorage
from araldo.sandbox.records import (
    App,
    Business,
    Code,
    Comment,
    Container,
    Instagram,
    Media,
    MediaComment,
    Page,
    Photo,
    Post,
    Story,
    Token,
    User,
)
from araldo.sandbox.switches import Switches

R = TypeVar(
    "R", App, User, Business, Page, Instagram, Token, Code, Photo, Post, Story, Container, Media, Comment, MediaComment
)


class Table(Generic[R]):
    """Records by id, in insertion order; `changed` collects what the next commit writes."""

    def __init__(self, kind: str, record: type[R], changed: dict[tuple[str, str], Any]) -> None:
        self.kind = kind
        self._record: Callable[..., R] = record
        self._changed = changed
        self._rows: dict[str, R] = {}

    def __iter__(self) -> Iterator[R]:
        return iter(list(self._rows.values()))

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __getitem__(self, name: str) -> R:
        return self._rows[name]

    def get(self, name: str | None) -> R | None:
        return self._rows.get(name) if name is not None else None

    def save(self, row: R) -> R:
        """Insert or update a record."""
        self._rows[row.id] = row
        self._changed[self.kind, row.id] = asdict(row)
        return row

    def remove(self, name: str) -> None:
        self._rows.pop(name, None)
        self._changed[self.kind, name] = None

    def clear(self) -> None:
        self._rows.clear()

    def restore(self, body: dict[str, Any]) -> None:
        row = self._record(**body)
        self._rows[row.id] = row


@dataclass(slots=True)
class LogEntry:
    """One Graph call in the log. `status` None: no answer was sent, not yet or because of `fault`."""

    n: int
    at: str
    method: str
    path: str
    params: dict[str, str]
    status: int | None = None
    error_code: int | None = None
    made: list[dict[str, str]] = field(default_factory=list)
    fault: str | None = None


class SandboxState:
    """The whole world. Code between two awaits is atomic: the sandbox runs on one event loop."""

    def __init__(self, public_url: str, disk: InMemoryStorage) -> None:
        self.public_url = public_url.rstrip("/")
        self.disk = disk
        self.switches = Switches()
        self.offset_s = 0.0
        self.log: list[LogEntry] = []
        self._changed: dict[tuple[str, str], Any] = {}
        self.apps = Table("app", App, self._changed)
        self.users = Table("user", User, self._changed)
        self.businesses = Table("business", Business, self._changed)
        self.pages = Table("page", Page, self._changed)
        self.instagram = Table("instagram", Instagram, self._changed)
        self.tokens = Table("token", Token, self._changed)
        self.codes = Table("code", Code, self._changed)
        self.photos = Table("photo", Photo, self._changed)
        self.posts = Table("post", Post, self._changed)
        self.stories = Table("story", Story, self._changed)
        self.containers = Table("container", Container, self._changed)
        self.media = Table("media", Media, self._changed)
        self.comments = Table("comment", Comment, self._changed)
        self.media_comments = Table("media_comment", MediaComment, self._changed)

    @property
    def tables(self) -> list[Table[Any]]:
        return [found for found in vars(self).values() if isinstance(found, Table)]

    def load(self) -> bool:
        """Load what an earlier run stored; return False when there was nothing."""
        tables = {table.kind: table for table in self.tables}
        found = False
        for kind, name, body in self.disk.load():
            found = True
            if kind == "log":
                self.log.append(LogEntry(**body))
            elif name == "switches":
                self.switches = Switches.model_validate(body)
            elif name == "clock":
                self.offset_s = body["offset_s"]
            else:
                tables[kind].restore(body)
        return found

    def commit(self) -> None:
        """Write all changes since the last commit in one transaction."""
        if self._changed:
            self.disk.write(self._changed)
            self._changed.clear()

    def clear(self) -> None:
        for table in self.tables:
            table.clear()
        self.log.clear()
        self._changed.clear()
        self.switches = Switches()
        self.offset_s = 0.0
        self.disk.clear()

    def now(self) -> float:
        """Return unix seconds: real time plus the offset set with /_sandbox/clock."""
        return time.time() + self.offset_s

    def set_clock(self, offset_s: float) -> None:
        self.offset_s = offset_s
        self._changed["world", "clock"] = {"offset_s": offset_s}

    def set_switches(self, switches: Switches) -> None:
        self.switches = switches
        self._changed["world", "switches"] = switches.model_dump(mode="json")

    def open_log_entry(self, method: str, path: str, params: dict[str, str]) -> LogEntry:
        number = self.log[-1].n + 1 if self.log else 1
        entry = LogEntry(number, datetime.fromtimestamp(self.now(), UTC).isoformat(), method, path, params)
        self.log.append(entry)
        return entry

    def close_log_entry(self, entry: LogEntry) -> None:
        """Add the entry to the next commit, unless a reset has cleared the log meanwhile."""
        at = entry.n - self.log[0].n if self.log else 0
        if 0 <= at < len(self.log) and self.log[at] is entry:
            self._changed["log", str(entry.n)] = asdict(entry)

    def publish_due_posts(self) -> None:
        """Publish the scheduled posts that are due."""
        for post in self.posts:
            if post.content_type == "SCHEDULED" and post.scheduled is not None and post.scheduled <= self.now():
                post.content_type, post.created = "PUBLISHED", post.scheduled
                self.show_photos(self.posts.save(post))

    def show_photos(self, post: Post) -> None:
        """Mark the photos of a published post as published."""
        for name in post.photos:
            photo = self.photos.get(name)
            if photo is not None:
                photo.published = True
                self.photos.save(photo)


def new_id(start: str, digits: int) -> str:
    """Return a new numeric id of `digits` digits; as at Meta, one of more than 16 does not fit a double."""
    rest = digits - len(start)
    return start + str(secrets.randbelow(10**rest)).zfill(rest)


def new_token() -> str:
    return "EAA" + secrets.token_urlsafe(90).replace("-", "Z").replace("_", "z")


def format_time(seconds: float) -> str:
    """Format a time as Graph does: 2019-05-17T16:24:04+0000."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
