"""Validate a post against every rule and its accounts: the one validator that all requests use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from araldo.accounts.health import missing_scopes
from araldo.accounts.models import Account, account_pointer, resolve_accounts
from araldo.errors import PostInvalid, Problem
from araldo.images.providers import AUTO
from araldo.images.providers.offline import Offline
from araldo.messages import Message
from araldo.platforms.account_facts import declaration_for
from araldo.platforms.base import Declaration
from araldo.posts import rules
from araldo.posts.lettering import lettering_warnings, undrawable_letter_warnings, undrawable_text_problems
from araldo.posts.pointers import escape_pointer
from araldo.posts.rules import NewPost
from araldo.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """`problems` forbid scheduling and publishing, `warnings` do not. `accounts`: by platform, where certain.

    `declarations`: of each platform, with the rules of its chosen accounts.
    """

    accounts: Mapping[str, Sequence[Account]]
    problems: Sequence[Problem]
    warnings: Sequence[Problem]
    declarations: Mapping[str, Declaration]

    @property
    def all_accounts(self) -> list[Account]:
        """The accounts of all platforms, in the platforms' order."""
        return [account for accounts in self.accounts.values() for account in accounts]

    def raise_if_invalid(self) -> None:
        """Raise PostInvalid with all problems."""
        if self.problems:
            raise PostInvalid(list(self.problems))


class Validator:
    """Applies the rules of posts and accounts.

    `unreachable`: platforms that cannot be used with the present settings. `designed`: picture providers that may draw
    cards with the post's text; `designed_only`: those of them that draw nothing else.
    """

    def __init__(
        self,
        declarations: Mapping[str, Declaration],
        unreachable: Iterable[str],
        *,
        designed: Iterable[str] = (AUTO, Offline.name),
        designed_only: Iterable[str] = (Offline.name,),
    ) -> None:
        self.declarations = declarations
        self._unreachable = frozenset(unreachable)
        self._designed = frozenset(designed)
        self._designed_only = frozenset(designed_only)

    def validate(
        self, workspace: Workspace, new: NewPost, accounts: Sequence[Account], now: datetime
    ) -> ValidationResult:
        """Return the accounts, problems and warnings of `new` with the workspace's `accounts`."""
        chosen, account_problems = resolve_accounts(new.platforms, self.declarations, accounts, new.accounts)
        declarations = {
            name: declaration_for(declared, [account.facts for account in chosen.get(name, ())])
            for name, declared in self.declarations.items()
        }
        problems = rules.find_problems(new, declarations, now, workspace.zone)
        problems += account_problems
        problems += [
            Problem(
                f"/platforms/{index}",
                "public_url_needed",
                Message("validation.public_url_needed", {"name": name}),
                name,
            )
            for index, name in enumerate(new.platforms)
            if name in self._unreachable
        ]
        if new.image_provider in self._designed_only:
            problems += undrawable_text_problems(new, self.declarations)
        warnings = [
            *rules.slide_warnings(new, declarations),
            *rules.alt_text_warnings(new, self.declarations),
            *rules.no_check_warnings(new, self.declarations),
        ]
        if new.image_provider in self._designed:
            warnings += lettering_warnings(new, self.declarations)
            warnings += self._names_not_drawn(new, chosen)
        warnings += [warning for name, at, account in _each(chosen) for warning in self._warnings(name, at, account)]
        return ValidationResult(chosen, problems, warnings, declarations)

    def _names_not_drawn(self, new: NewPost, chosen: Mapping[str, Sequence[Account]]) -> Iterable[Problem]:
        """Warn of account names that a card cannot draw: a card for a single account shows its name as a signature."""
        for name, at, account in _each(chosen):
            if new.makes_pictures and name not in new.own_pictures and len(chosen[name]) == 1:
                yield from undrawable_letter_warnings(account.username or account.name, at, name)

    def _warnings(self, name: str, pointer: str, account: Account) -> Iterable[Problem]:
        if account.health in {"dead", "action_needed"}:
            yield Problem(
                pointer,
                "account_unwell",
                Message("validation.account_needs_reconnect", {"account": account.name}),
                name,
            )
        elif account.health == "expiring":
            yield Problem(
                pointer, "account_expiring", Message("validation.account_expiring", {"account": account.name}), name
            )
        declared = self.declarations[name]
        for scopes in missing_scopes(account.kind, account.scopes, [declared]).values():
            said = Message(
                "validation.scopes_missing",
                {"account": account.name, "label": declared.label, "scopes": ", ".join(scopes)},
            )
            yield Problem(pointer, "scopes_missing", said, name)


def _each(chosen: Mapping[str, Sequence[Account]]) -> Iterable[tuple[str, str, Account]]:
    """Yield each chosen account with its platform and the pointer to it."""
    for name, accounts in chosen.items():
        for index, account in enumerate(accounts):
            yield name, account_pointer(escape_pointer(name), index, len(accounts)), account
