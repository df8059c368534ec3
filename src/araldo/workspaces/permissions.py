"""What an API key may do in its workspace. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from enum import StrEnum

from araldo.errors import Forbidden, Problem
from araldo.messages import Message


class Permission(StrEnum):
    """None includes another: a key that reads what it drafts has both."""

    # See posts, pictures, accounts and what becomes of them.
    READ = "read"
    # Write what nobody sees yet: drafts, pictures, the library.
    DRAFT = "draft"
    # Decide what goes out, and when: also by changing what is already on its way, or by stopping it.
    PUBLISH = "publish"
    # The workspace itself: accounts, posting times, brand, webhooks, keys.
    MANAGE = "manage"


Permissions = frozenset[Permission]
ALL_PERMISSIONS: Permissions = frozenset(Permission)
# The scope of a key that may do everything, also what is added later.
ALL_SCOPES = "*"
SCOPES = (ALL_SCOPES, *(permission.value for permission in Permission))


class PermissionMissing(Forbidden):
    """Whoever asks is known, and may not do this."""

    code = "permission_missing"

    def __init__(self, permission: Permission) -> None:
        super().__init__(Message("permissions.missing", {"name": permission.value}))
        self.permission = permission


def require_permission(granted: Permissions, needed: Permission) -> None:
    """Raises PermissionMissing."""
    if needed not in granted:
        raise PermissionMissing(needed)


def permissions_of(scopes: Iterable[str]) -> Permissions:
    """What the stored scopes of a key grant; a name that is unknown grants nothing."""
    named = set(scopes)
    if ALL_SCOPES in named:
        return ALL_PERMISSIONS
    return frozenset(permission for permission in Permission if permission.value in named)


def validate_scopes(asked: Sequence[str]) -> list[Problem]:
    """What is wrong with scopes that somebody asked for."""
    known = ", ".join(SCOPES)
    if not asked:
        return [Problem("/scopes", "empty", Message("permissions.none_named", {"known": known}))]
    return [
        Problem(
            f"/scopes/{index}",
            "scope_unknown",
            Message("permissions.unknown", {"name": name[:100], "known": known}),
            suggestions=tuple(difflib.get_close_matches(name[:100], SCOPES, n=1)),
        )
        for index, name in enumerate(asked)
        if name not in SCOPES
    ]


def normalize_scopes(asked: Iterable[str]) -> list[str]:
    """As they are stored: each once, in one order, `*` alone."""
    named = set(asked)
    return [ALL_SCOPES] if ALL_SCOPES in named else [scope for scope in SCOPES if scope in named]
