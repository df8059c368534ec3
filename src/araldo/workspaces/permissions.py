"""Permissions, and the scopes of API keys that grant them. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from enum import StrEnum

from araldo.errors import Forbidden, Problem
from araldo.messages import Message


class Permission(StrEnum):
    """No permission includes another: a key that reads and drafts has both."""

    # Read posts, pictures, accounts and results.
    READ = "read"
    # Write what is not public: drafts, pictures, the library.
    DRAFT = "draft"
    # Publish and schedule; also change, stop or delete what is scheduled or published.
    PUBLISH = "publish"
    # Approve posts in a workspace whose posts need it; with PUBLISH, because an approved post can go out.
    APPROVE = "approve"
    # Change the workspace's settings: accounts, posting times, brand, webhooks, keys.
    MANAGE = "manage"


Permissions = frozenset[Permission]
ALL_PERMISSIONS: Permissions = frozenset(Permission)
NO_PERMISSIONS: Permissions = frozenset()
# The scope that grants every permission, also those added later.
ALL_SCOPES = "*"
SCOPES = (ALL_SCOPES, *(permission.value for permission in Permission))


class PermissionMissing(Forbidden):
    """The caller is authenticated but lacks the permission."""

    code = "permission_missing"

    def __init__(self, permission: Permission) -> None:
        super().__init__(Message("permissions.missing", {"name": permission.value}))
        self.permission = permission


def require_permission(granted: Permissions, needed: Permission) -> None:
    """Raise PermissionMissing unless `needed` is granted."""
    if needed not in granted:
        raise PermissionMissing(needed)


def permissions_of(scopes: Iterable[str]) -> Permissions:
    """Return the permissions that a key's stored scopes grant; an unknown name grants nothing."""
    named = set(scopes)
    if ALL_SCOPES in named:
        return ALL_PERMISSIONS
    return frozenset(permission for permission in Permission if permission.value in named)


def validate_scopes(asked: Sequence[str]) -> list[Problem]:
    """Return a problem for each requested scope that does not exist, and for an empty list."""
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
    """Return the scopes as stored: each once, in a fixed order; `*` alone."""
    named = set(asked)
    return [ALL_SCOPES] if ALL_SCOPES in named else [scope for scope in SCOPES if scope in named]
