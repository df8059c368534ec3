"""The people of the workspace that a person is in: listed, removed from it, and removed altogether."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from araldo.api.auth import SignedInDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import Instant
from araldo.api.problems import RESPONSES
from araldo.workspaces import removal, user_store
from araldo.workspaces import store as workspace_store

router = APIRouter(prefix="/api/v1", tags=["members"], responses=RESPONSES)


class MemberRead(BaseModel):
    """`id`: the user's."""

    id: str
    name: str
    joined_at: Instant


class MemberList(BaseModel):
    data: list[MemberRead]


@router.get("/members", operation_id="list_members")
async def list_members(deps: DependenciesDep, signed_in: SignedInDep) -> MemberList:
    """In the order of joining."""
    async with deps.database.reading() as transaction:
        found = await user_store.list_members(transaction, signed_in.session.workspace.id)
    return MemberList(
        data=[MemberRead(id=member.user.id, name=member.user.name, joined_at=member.joined_at) for member in found]
    )


@router.delete("/members/{user_id}", operation_id="remove_member", status_code=204)
async def remove_member(user_id: str, deps: DependenciesDep, signed_in: SignedInDep) -> None:
    """Their sessions in this workspace end. 409 `last_member` for who is the only one."""
    workspace_id = signed_in.session.workspace.id
    async with deps.database.transaction() as transaction:
        user = await user_store.get_member(transaction, user_id, workspace_id)
        await removal.remove_member(transaction, user, workspace_id, deps.clock.now())


@router.delete("/users/{user_id}", operation_id="remove_user", status_code=204)
async def remove_user(user_id: str, deps: DependenciesDep, signed_in: SignedInDep) -> None:
    """A member of this workspace, altogether: name, password, second factor and sessions.

    409 `last_member` where nobody else is left, 403 `user_elsewhere` for who belongs to a workspace that you do not.
    """
    session = signed_in.session
    async with deps.database.transaction() as transaction:
        user = await user_store.get_member(transaction, user_id, session.workspace.id)
        mine = [workspace.id for workspace in await workspace_store.list_for_user(transaction, session.user.id)]
        await removal.remove_user(transaction, user, deps.clock.now(), within=mine)
