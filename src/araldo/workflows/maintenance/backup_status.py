"""When the last backup was made, when the last one failed and why, and whose turn the next one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from araldo.messages import Message, message_of
from araldo.storage import system_state
from araldo.storage.database import Transaction
from araldo.workflows.maintenance.backup import FinishedBackup

_NAME = "backup"
# How long a process that was stopped or killed meanwhile keeps others, and itself, from the next try.
_CLAIMED_FOR = timedelta(hours=2)
_PAUSE_AFTER_FAILURE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class BackupStatus:
    """`failed_at` and `why` are None once a later backup has succeeded."""

    succeeded_at: datetime | None = None
    file: str = ""
    size: int = 0
    failed_at: datetime | None = None
    why: Message | None = None


def read_status(transaction: Transaction) -> BackupStatus:
    stored = system_state.read_state(transaction, _NAME)
    why = stored.get("why")
    return BackupStatus(
        succeeded_at=_parse(stored.get("succeeded_at")),
        file=stored.get("file", ""),
        size=stored.get("size", 0),
        failed_at=_parse(stored.get("failed_at")),
        why=None if why is None else message_of(why),
    )


def claim(transaction: Transaction, every: timedelta) -> bool:
    """Return whether a backup is due and no other process makes it; if so, it is the caller's turn."""
    stored, now = system_state.lock_state(transaction, _NAME), transaction.now
    pauses = {"succeeded_at": every, "failed_at": _PAUSE_AFTER_FAILURE, "claimed_until": timedelta(0)}
    moments = {name: _parse(stored.get(name)) for name in pauses}
    # One that is further ahead is from a clock that was wrong, and no backup would be made until then.
    believed = {name: moment for name, moment in moments.items() if moment is not None and moment <= now + _CLAIMED_FOR}
    if any(now < moment + pauses[name] for name, moment in believed.items()):
        return False
    claimed_until = (now + _CLAIMED_FOR).isoformat()
    system_state.write_state(transaction, _NAME, {**stored, "claimed_until": claimed_until})
    return True


def record_success(transaction: Transaction, finished: FinishedBackup) -> None:
    system_state.lock_state(transaction, _NAME)
    made_at = finished.manifest.made_at.isoformat()
    value = {"succeeded_at": made_at, "file": str(finished.path), "size": finished.size}
    system_state.write_state(transaction, _NAME, value)


def record_failure(transaction: Transaction, why: Message) -> None:
    stored = system_state.lock_state(transaction, _NAME)
    failure = {"failed_at": transaction.now.isoformat(), "why": why.as_json(), "claimed_until": None}
    system_state.write_state(transaction, _NAME, {**stored, **failure})


def _parse(moment: str | None) -> datetime | None:
    return None if moment is None else datetime.fromisoformat(moment)
