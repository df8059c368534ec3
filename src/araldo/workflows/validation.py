"""What stands in a post's way, and what may: every rule and every account, in one look. The one validator of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from araldo.accounts.health import missing_scopes
from araldo.accounts.models import Account, choose_accounts
from araldo.errors import PostInvalid, Problem
from araldo.images.providers import AUTO
from araldo.images.providers.offline import Offline
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.posts import rules
from araldo.posts.lettering import letter_warnings, letters_missing, wordless
from araldo.posts.rules import NewPost
from araldo.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """`problems` forbid to schedule or publish; `warnings` do not. `accounts` by platform, where one is certain."""

    accounts: Mapping[str, Account]
    problems: Sequence[Problem]
    warnings: Sequence[Problem]

    def raise_if_invalid(self) -> None:
        """Raises PostInvalid with every problem at once."""
        if self.problems:
            raise PostInvalid(list(self.problems))


class Validator:
    """`unreachable` names the platforms that cannot be used with the present settings.

    `designed` are the picture providers whose pictures are cards with the post's words; `designed_only` those of them
    that have no other way.
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
        problems = rules.check(new, self.declarations, now, workspace.zone)
        chosen, lacking = choose_accounts(new.platforms, self.declarations, accounts, new.accounts)
        problems += lacking
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
            problems += wordless(new, self.declarations)
        warnings = [
            *rules.slide_warnings(new, self.declarations),
            *rules.alt_text_warnings(new, self.declarations),
        ]
        if new.image_provider in self._designed:
            warnings += letter_warnings(new, self.declarations)
            warnings += self._names_not_drawn(new, chosen)
        warnings += [warning for name, account in chosen.items() for warning in self._warnings(name, account)]
        return ValidationResult(chosen, problems, warnings)

    def _names_not_drawn(self, new: NewPost, chosen: Mapping[str, Account]) -> Iterable[Problem]:
        """Who speaks stands on a card too."""
        for name, account in chosen.items():
            if new.makes_pictures and name not in new.own_pictures:
                signed = account.username or account.name
                yield from letters_missing(signed, f"/accounts/{rules.escape_pointer(name)}", name)

    def _warnings(self, name: str, account: Account) -> Iterable[Problem]:
        pointer = f"/accounts/{rules.escape_pointer(name)}"
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
