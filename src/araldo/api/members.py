"""The members of the session's workspace: list, change roles, remove, and delete users."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from araldo.api.auth import SignedInDep
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import Instant
from araldo.api.problems import RESPONSES
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.errors import NotFound
from araldo.messages import Message
from araldo.storage.database import Transaction
from araldo.workspaces import store as workspace_store
from araldo.workspaces import user_store
from araldo.workspaces.roles import Role
from araldo.workspaces.user_store import Member

router = ResourceRouter(prefix="/api/v1", tags=["members"], responses=RESPONSES)

# Not strict: JSON has no enumerations.
ChosenRole = Annotated[Role, Field(strict=False)]
KeepKeys = Annotated[
    bool, Query(description="Whether the API keys that the person has made stay valid; else they are revoked.")
]


class MemberRead(BaseModel):
    """`id`: of the user. `api_keys`: how many of the workspace's valid API keys they have made."""

    id: str
    name: str
    email: str | None
    role: Role
    joined_at: Instant
    api_keys: int


class MemberList(BaseModel):
    data: list[MemberRead]


class MemberChange(RequestModel):
    """`keep_keys`: whether the API keys that the person has made stay valid where the new role makes none."""

    role: ChosenRole
    keep_keys: bool = False


@router.get("/members", operation_id="list_members")
async def list_members(deps: DependenciesDep, signed_in: SignedInDep) -> MemberList:
    """List the members in the order of joining."""
    return MemberList(data=await _read_members(deps, signed_in.session.workspace.id))


@router.patch("/members/{user_id}", operation_id="change_member")
async def change_member(user_id: str, body: MemberChange, deps: DependenciesDep, signed_in: SignedInDep) -> MemberRead:
    """Change a member's role, from their next request on. 409 `last_owner` for the only owner."""
    me, here = signed_in.session.user.id, signed_in.session.workspace.id
    await deps.members.set_role(me, here, user_id, body.role, keep_keys=body.keep_keys)
    members = await _read_members(deps, here)
    found = next((member for member in members if member.id == user_id), None)
    if found is None:
        raise NotFound(Message("users.not_a_member"))
    return found


@router.delete("/members/{user_id}", operation_id="remove_member", status_code=204)
async def remove_member(
    user_id: str, deps: DependenciesDep, signed_in: SignedInDep, keep_keys: KeepKeys = False
) -> None:
    """Remove a member, whose sessions in this workspace end at once. 409 `last_owner` for the only owner."""
    me, here = signed_in.session.user.id, signed_in.session.workspace.id
    await deps.members.remove(me, here, user_id, keep_keys=keep_keys)


@router.delete("/users/{user_id}", operation_id="remove_user", status_code=204)
async def remove_user(user_id: str, deps: DependenciesDep, signed_in: SignedInDep, keep_keys: KeepKeys = False) -> None:
    """Delete a member of this workspace as a user, with password, second factor and sessions.

    409 `last_owner` when a workspace would have no owner, 403 `user_elsewhere` for members of a workspace that you do
    not own.
    """
    me, here = signed_in.session.user.id, signed_in.session.workspace.id
    await deps.members.delete_user(me, here, user_id, keep_keys=keep_keys)


async def _read_members(deps: AppDependencies, workspace_id: str) -> list[MemberRead]:
    def in_transaction(transaction: Transaction) -> tuple[list[Member], dict[str, int]]:
        return (
            user_store.list_members(transaction, workspace_id),
            workspace_store.count_keys_by_maker(transaction, workspace_id, transaction.now),
        )

    members, keys = await deps.database.read(in_transaction)
    return [
        MemberRead(
            id=member.user.id,
            name=member.user.name,
            email=member.user.email,
            role=member.role,
            joined_at=member.joined_at,
            api_keys=keys.get(member.user.id, 0),
        )
        for member in members
    ]
