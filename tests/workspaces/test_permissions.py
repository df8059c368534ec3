"""Scopes: validation, storage and the permissions that they grant."""

from __future__ import annotations

import pytest

from araldo.workspaces.permissions import (
    ALL_PERMISSIONS,
    Permission,
    PermissionMissing,
    normalize_scopes,
    permissions_of,
    require_permission,
    validate_scopes,
)


def test_a_star_grants_everything_and_an_unknown_scope_nothing() -> None:
    """Unknown scopes, written by a newer version, grant nothing."""
    assert permissions_of(["*"]) == permissions_of(["read", "*"]) == ALL_PERMISSIONS
    assert permissions_of(["read", "export", "Publish"]) == {Permission.READ}
    assert permissions_of([]) == frozenset()


def test_no_permission_includes_another() -> None:
    for held in Permission:
        for needed in Permission:
            if held is needed:
                require_permission(permissions_of([held.value]), needed)
            else:
                with pytest.raises(PermissionMissing) as refused:
                    require_permission(permissions_of([held.value]), needed)
                assert refused.value.permission is needed


def test_scopes_are_stored_once_and_in_one_order() -> None:
    assert normalize_scopes(["publish", "read", "publish"]) == ["read", "publish"]
    assert normalize_scopes(["draft", "*"]) == ["*"]
    assert validate_scopes(["read", "draft", "publish", "manage", "*"]) == []
    assert [problem.code for problem in validate_scopes([])] == ["empty"]
    assert [(one.pointer, one.suggestions) for one in validate_scopes(["manages", "x"])] == [
        ("/scopes/0", ("manage",)),
        ("/scopes/1", ()),
    ]
