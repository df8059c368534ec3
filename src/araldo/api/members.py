"""The members of the session's workspace: list, remove, and delete users."""

from __future__ import annotations

from pydantic import BaseModel

from araldo.api.auth import SignedInDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import Instant
from araldo.api.problems import RESPONSES
from araldo.api.routing import ResourceRouter
from araldo.workspaces import user_store

router = ResourceRouter(prefix="/api/v1", tags=["members"], responses=RESPONSES)


class MemberRead(BaseModel):
    """`id`: of the user."""

    id: str
    name: str
    joined_at: Instant


class MemberList(BaseModel):
    data: list[MemberRead]


@router.get("/members", operation_id="list_members")
async def list_members(deps: DependenciesDep, signed_in: SignedInDep) -> MemberList:
    """List the members in the order of joining."""
    found = await deps.database.read(
        lambda transaction: user_store.list_members(transaction, signed_in.session.workspace.id)
    )
    return MemberList(
        data=[MemberRead(id=member.user.id, name=member.user.name, joined_at=member.joined_at) for member in found]
    )


@router.delete("/members/{user_id}", operation_id="remove_member", status_code=204)
async def remove_member(user_id: str, deps: DependenciesDep, signed_in: SignedInDep) -> None:
    """Remove a member and end their sessions in this workspace. 409 `last_member` for the only one."""
    await deps.workspaces.remove_member(signed_in.session.workspace.id, user_id)


@router.delete("/users/{user_id}", operation_id="remove_user", status_code=204)
async def remove_user(user_id: str, deps: DependenciesDep, signed_in: SignedInDep) -> None:
    """Delete a member of this workspace as a user, with password, second factor and sessions.

    409 `last_member` when a workspace would have no member, 403 `user_elsewhere` for members of a workspace that you
    do not belong to.
    """
    session = signed_in.session
    await deps.workspaces.remove_user(session.user.id, session.workspace.id, user_id)
