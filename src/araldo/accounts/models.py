"""An account, and the choice of a post's account on each platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from araldo.errors import Problem
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.platforms.credentials import AccessEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLogin:
    """What a log-in shows of an account. `credentials` are sealed; `ends` are AccessEnd values as JSON.

    `facts`: what the service says of this account; `araldo.platforms.account_facts` applies it to a declaration.
    """

    kind: str
    service: str
    connect_method: str | None = None
    remote_id: str
    name: str
    username: str | None = None
    host: str | None = None
    health: str
    health_detail: dict[str, Any] | None = None
    checked_at: datetime | None = None
    credentials: str | None = field(default=None, repr=False)
    ends: list[dict[str, Any]] | None = None
    scopes: list[str] | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def access_ends(self) -> list[AccessEnd]:
        """What access depends on, and when it ends; what the service did not say is left out."""
        return [AccessEnd.from_json(end) for end in self.ends or []]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(AccountLogin):
    """One connected profile of a workspace, such as a Page; with `disconnected_at` it was disconnected."""

    id: str
    workspace_id: str
    is_default: bool
    credentials_version: int
    connected_at: datetime
    disconnected_at: datetime | None
    posting_times: dict[str, Any] | None


def resolve_accounts(
    platforms: Iterable[str],
    declarations: Mapping[str, Declaration],
    accounts: Sequence[Account],
    wanted: Mapping[str, Sequence[str]],
) -> tuple[dict[str, list[Account]], list[Problem]]:
    """Return the accounts of each platform (those in `wanted`, else the only one, else the default), and problems."""
    chosen: dict[str, list[Account]] = {}
    problems: list[Problem] = []
    for index, name in enumerate(platforms):
        declared = declarations.get(name)
        if declared is None or name in chosen:
            continue
        fitting = [account for account in accounts if account.kind == declared.account_kind]
        if wanted.get(name):
            found, wrong = _find_wanted(declared, fitting, wanted[name])
            problems += wrong
            if found:
                chosen[name] = found
            continue
        outcome = _choose_default(declared, fitting, index)
        if isinstance(outcome, Account):
            chosen[name] = [outcome]
        else:
            problems.append(outcome)
    return chosen, problems


def account_pointer(platform: str, index: int, count: int) -> str:
    """Return the pointer to one of `count` accounts of a platform: a single one is named without a list."""
    return f"/accounts/{platform}" if count == 1 else f"/accounts/{platform}/{index}"


def _find_wanted(
    declared: Declaration, fitting: Sequence[Account], wanted: Sequence[str]
) -> tuple[list[Account], list[Problem]]:
    by_id = {account.id: account for account in fitting}
    problems = []
    for index, account_id in enumerate(wanted):
        values = {"label": declared.label, "wanted": account_id}
        at = account_pointer(declared.name, index, len(wanted))
        if account_id not in by_id:
            problems.append(Problem(at, "account_unknown", Message("accounts.unknown_id", values), declared.name))
        elif account_id in wanted[:index]:
            problems.append(Problem(at, "account_duplicate", Message("accounts.listed_twice", values), declared.name))
    return [by_id[account_id] for account_id in dict.fromkeys(wanted) if account_id in by_id], problems


def _choose_default(declared: Declaration, fitting: Sequence[Account], index: int) -> Account | Problem:
    if not fitting:
        none = Message("accounts.none_connected")
        return Problem(f"/platforms/{index}", "account_missing", none.with_values(label=declared.label), declared.name)
    defaults = fitting if len(fitting) == 1 else [account for account in fitting if account.is_default]
    if len(defaults) == 1:
        return defaults[0]
    which = Message("accounts.no_default")
    listed = ", ".join(f"{account.id} ({account.name})" for account in fitting)
    return Problem(
        f"/accounts/{declared.name}",
        "account_ambiguous",
        which.with_values(label=declared.label, list=listed),
        declared.name,
    )
