"""Roles of a workspace's members, and the permissions that each grants. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from araldo.errors import Forbidden
from araldo.messages import Message
from araldo.workspaces.permissions import ALL_PERMISSIONS, Permission, PermissionMissing, Permissions


class Role(StrEnum):
    # Reads.
    VIEWER = "viewer"
    # Also drafts and publishes.
    EDITOR = "editor"
    # Also approves, and changes the workspace's settings: accounts, keys, webhooks, members.
    OWNER = "owner"


ROLE_PERMISSIONS: Mapping[Role, Permissions] = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.EDITOR: frozenset({Permission.READ, Permission.DRAFT, Permission.PUBLISH}),
    Role.OWNER: ALL_PERMISSIONS,
}


class RoleTooLow(Forbidden):
    """The member's role does not grant what is needed."""

    code = PermissionMissing.code

    def __init__(self, role: Role) -> None:
        super().__init__(
            Message("roles.viewer_reads") if role is Role.VIEWER else Message("roles.owners_change_settings")
        )


def roles_with(permission: Permission) -> list[Role]:
    return [role for role, granted in ROLE_PERMISSIONS.items() if permission in granted]


def require_role_permission(role: Role, *needed: Permission) -> None:
    """Raise RoleTooLow unless the role grants one of the permissions; none needed: everybody may."""
    if needed and not ROLE_PERMISSIONS[role].intersection(needed):
        raise RoleTooLow(role)
