"""Health of an account, from its inspection: `ok`, `expiring`, `action_needed` or `dead`, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from araldo.messages import Message
from araldo.messages.times import ZonedInstant
from araldo.platforms.base import Declaration
from araldo.platforms.service import AccountGroup, Inspection

Health = Literal["ok", "expiring", "action_needed", "dead"]
WARN_BEFORE = timedelta(days=7)


def health_of(
    seen: Inspection, kind: str, declarations: Iterable[Declaration], now: datetime, zone: str
) -> tuple[Health, Message | None]:
    """Return the health and one message on what to do; None when there is nothing to do.

    `zone`: the workspace's, in which the message says when access expires.
    """
    if seen.access_lost is not None:
        return "dead", seen.access_lost
    if seen.problem is not None:
        return "action_needed", seen.problem
    lacking = lacking_scopes(kind, seen.scopes, declarations)
    if lacking is not None:
        return "action_needed", lacking
    # What is renewed by itself asks nothing of a person.
    first = min((end.at for end in seen.ends if end.at is not None and not end.is_renewable), default=None)
    if first is not None and first - now <= WARN_BEFORE:
        return "expiring", Message("health.access_expires", {"day": ZonedInstant(first, zone)})
    return ("ok", None) if seen.warning is None else ("expiring", seen.warning)


def lacking_scopes(kind: str, scopes: Sequence[str] | None, declarations: Iterable[Declaration]) -> Message | None:
    """Return one message on the missing scopes and their platforms; None when none is missing."""
    known = list(declarations)
    missing = missing_scopes(kind, scopes, known)
    if not missing:
        return None
    labels = {declared.name: declared.label for declared in known}
    every = {scope for absent in missing.values() for scope in absent}
    return Message(
        "health.scopes_missing",
        {"label": ", ".join(labels[name] for name in missing), "scopes": ", ".join(sorted(every))},
    )


def missing_features_of(group: AccountGroup, declarations: Iterable[Declaration]) -> list[Message]:
    """Return what the accounts of one group cannot do as they are, without duplicates."""
    known = list(declarations)
    said = [] if group.refusal is None else [group.refusal]
    said += [lack for account in group.members for lack in account.lacks]
    missing = (lacking_scopes(account.kind, account.scopes, known) for account in group.members)
    return list(dict.fromkeys([*said, *(lack for lack in missing if lack is not None)]))


def missing_scopes(
    kind: str, scopes: Sequence[str] | None, declarations: Iterable[Declaration]
) -> Mapping[str, list[str]]:
    """Return the missing scopes by platform; empty when the service did not say which are granted."""
    if scopes is None:
        return {}
    lacking = {
        declared.name: [scope for scope in declared.scopes if scope not in scopes]
        for declared in declarations
        if declared.account_kind == kind
    }
    return {name: absent for name, absent in lacking.items() if absent}
