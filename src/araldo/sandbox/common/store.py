"""The sandbox's records in memory, written through to storage: tables, settings, the clock, and the log of calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from araldo.sandbox.common.disk import InMemoryStorage


class Record(Protocol):
    """A dataclass with an id."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    id: str


R = TypeVar("R", bound=Record)


class CommonSettings(BaseModel):
    """The settings that apply to every service, in seconds."""

    model_config = ConfigDict(extra="forbid")

    latency_s: float = Field(default=0.0, ge=0, le=600, description="added to every call, before anything happens")
    publish_latency_s: float = Field(
        default=0.0, ge=0, le=600, description="added to every visible write, after its commit"
    )
    fetch_timeout_s: float = Field(
        default=10.0, gt=0, le=600, description="how long the sandbox waits for a picture's URL"
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

    def __len__(self) -> int:
        return len(self._rows)

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
    """One call in the log. `status` None: no answer was sent, not yet or because of `fault`."""

    n: int
    at: str
    method: str
    path: str
    params: dict[str, str]
    status: int | None = None
    error_code: int | None = None
    made: list[dict[str, str]] = field(default_factory=list)
    fault: str | None = None


class SandboxStore:
    """All records of all services. Code between two awaits is atomic: the sandbox runs on one event loop."""

    def __init__(self, public_url: str, disk: InMemoryStorage) -> None:
        self.public_url = public_url.rstrip("/")
        self.disk = disk
        self.settings = CommonSettings()
        self.offset_s = 0.0
        self.log: list[LogEntry] = []
        self._states: list[ServiceState[Any]] = []
        self._tables: dict[str, Table[Any]] = {}
        self._changed: dict[tuple[str, str], Any] = {}

    def attach(self, state: ServiceState[Any]) -> None:
        """Add a service's state, so that it is stored, loaded and cleared with the rest."""
        self._states.append(state)

    def create_table(self, kind: str, record: type[R]) -> Table[R]:
        """Create a table; `kind` is its name in the storage, unique among all services."""
        if kind in self._tables:
            raise ValueError(f"two tables are called {kind}")
        table = Table(kind, record, self._changed)
        self._tables[kind] = table
        return table

    def load(self) -> bool:
        """Load what an earlier run stored; return False when there was nothing."""
        return self.restore(self.disk.load())

    def dump(self) -> list[tuple[str, str, Any]]:
        """Return all records, the log, the settings and the clock, as `restore` takes them. Without the pictures."""
        records = [(table.kind, row.id, asdict(row)) for table in self._tables.values() for row in table]
        calls = [("log", str(entry.n), asdict(entry)) for entry in self.log]
        world = [("world", "switches", self.dump_settings()), ("world", "clock", {"offset_s": self.offset_s})]
        return [*records, *calls, *world]

    def restore(self, stored: Iterable[tuple[str, str, Any]]) -> bool:
        """Add what was stored, without writing it again; return False when there was nothing."""
        found = False
        for kind, name, body in stored:
            found = True
            if kind == "log":
                self.log.append(LogEntry(**body))
            elif name == "switches":
                self.restore_settings(body)
            elif name == "clock":
                self.offset_s = body["offset_s"]
            else:
                self._tables[kind].restore(body)
        return found

    def commit(self) -> None:
        """Write all changes since the last commit in one transaction."""
        if self._changed:
            self.disk.write(self._changed)
            self._changed.clear()

    def clear(self) -> None:
        """Delete every record, the log and the pictures, and set settings and clock back."""
        for table in self._tables.values():
            table.clear()
        self.log.clear()
        self._changed.clear()
        self.settings = CommonSettings()
        for state in self._states:
            state.settings = state.default_settings()
        self.offset_s = 0.0
        self.disk.clear()

    def now(self) -> float:
        """Return unix seconds: real time plus the offset set with /_sandbox/clock."""
        return time.time() + self.offset_s

    def set_clock(self, offset_s: float) -> None:
        self.offset_s = offset_s
        self._changed["world", "clock"] = {"offset_s": offset_s}

    def dump_settings(self) -> dict[str, Any]:
        """Return all settings: the common ones, and each service's under its name or at the top level."""
        shown: dict[str, Any] = self.settings.model_dump(mode="json")
        for state in self._states:
            own = state.settings.model_dump(mode="json")
            shown |= own if state.top_level else {state.name: own}
        return shown

    def change_settings(self, changes: dict[str, Any]) -> None:
        """Validate and set some settings, in the shape of `dump_settings`; all of them or none.

        :raises pydantic.ValidationError: for an unknown setting or a bad value.
        """
        rest = dict(changes)
        changed: list[tuple[ServiceState[Any], BaseModel]] = []
        for state in self._states:
            asked = rest.pop(state.name, None) if not state.top_level else _take(rest, state.default_settings)
            if asked is not None:
                given = asked if isinstance(asked, dict) else {state.name: asked}
                changed.append((state, state.default_settings.model_validate(state.settings.model_dump() | given)))
        self.settings = CommonSettings.model_validate(self.settings.model_dump() | rest)
        for state, settings in changed:
            state.settings = settings
        self._changed["world", "switches"] = self.dump_settings()

    def restore_settings(self, stored: dict[str, Any]) -> None:
        """Set the settings of an earlier run; a service that it did not have yet keeps its defaults."""
        self.change_settings(stored)
        self._changed.pop(("world", "switches"), None)

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


S = TypeVar("S", bound=BaseModel)


class ServiceState(Generic[S]):
    """One service's part of the records: its tables and its settings. A subclass creates the tables."""

    def __init__(self, store: SandboxStore, name: str, settings: type[S], *, top_level: bool = False) -> None:
        self.store = store
        self.name = name
        self.top_level = top_level
        self.default_settings = settings
        self.settings = settings()
        self._tables: list[Table[Any]] = []
        store.attach(self)

    def create_table(self, kind: str, record: type[R]) -> Table[R]:
        """Create a table of this service; `kind` is its name in the storage, unique among all services."""
        table = self.store.create_table(kind, record)
        self._tables.append(table)
        return table

    @property
    def is_empty(self) -> bool:
        """Whether there is no record, as after an upgrade from a version without this service."""
        return not any(len(table) for table in self._tables)

    @property
    def public_url(self) -> str:
        return self.store.public_url

    @property
    def disk(self) -> InMemoryStorage:
        return self.store.disk

    def now(self) -> float:
        return self.store.now()

    def commit(self) -> None:
        self.store.commit()


def _take(changes: dict[str, Any], model: type[BaseModel]) -> dict[str, Any] | None:
    """Remove and return the entries that are fields of this model; None when there are none."""
    taken = {name: changes.pop(name) for name in list(changes) if name in model.model_fields}
    return taken or None
