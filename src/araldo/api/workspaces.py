"""The user's workspaces: list, create, rename, set language and zone."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from araldo.api.auth import SignedInDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import CleanText, KnownLanguage
from araldo.api.problems import RESPONSES
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.errors import NotFound, PostInvalid
from araldo.messages import Message
from araldo.posts.timing import zone_problem
from araldo.workspaces import store as workspace_store
from araldo.workspaces import user_store
from araldo.workspaces.models import Workspace

router = ResourceRouter(prefix="/api/v1", tags=["workspaces"], responses=RESPONSES)

Name = Annotated[CleanText, Field(max_length=200)]
ZoneName = Annotated[CleanText, Field(max_length=100)]


class WorkspaceRead(BaseModel):
    """`zone`: IANA name, the zone of times without one of their own. `language`: of the workspace's mail."""

    id: str
    name: str
    language: KnownLanguage
    zone: str


class WorkspaceList(BaseModel):
    data: list[WorkspaceRead]


class NewWorkspace(RequestModel):
    """`zone`: default the server machine's."""

    name: Name
    language: KnownLanguage = "it"
    zone: ZoneName | None = None


class WorkspaceChange(RequestModel):
    """Fields that are left out stay as they are."""

    name: Name | None = None
    language: KnownLanguage | None = None
    zone: ZoneName | None = None


@router.get("/workspaces", operation_id="list_workspaces")
async def list_workspaces(deps: DependenciesDep, signed_in: SignedInDep) -> WorkspaceList:
    async with deps.database.reading() as transaction:
        mine = await workspace_store.list_for_user(transaction, signed_in.session.user.id)
    return WorkspaceList(data=[_read_model_of(workspace) for workspace in mine])


@router.post("/workspaces", operation_id="create_workspace", status_code=201)
async def create_workspace(body: NewWorkspace, deps: DependenciesDep, signed_in: SignedInDep) -> WorkspaceRead:
    """Create a workspace with the user as its member; `PATCH /session` switches to it."""
    if body.zone is not None:
        _require_zone(body.zone)
    now, user_id = deps.clock.now(), signed_in.session.user.id
    async with deps.database.transaction() as transaction:
        name = await workspace_store.require_free_name(transaction, body.name, user_id=user_id)
        made = await workspace_store.add(transaction, name, now, language=body.language, zone=body.zone)
        await user_store.add_member(transaction, user_id, made.id, now)
    return _read_model_of(made)


@router.patch("/workspaces/{workspace_id}", operation_id="change_workspace")
async def change_workspace(
    workspace_id: str, body: WorkspaceChange, deps: DependenciesDep, signed_in: SignedInDep
) -> WorkspaceRead:
    changes = body.model_dump(exclude_none=True)
    if body.zone is not None:
        _require_zone(body.zone)
    user_id = signed_in.session.user.id
    async with deps.database.transaction() as transaction:
        if not await user_store.is_member(transaction, user_id, workspace_id):
            raise NotFound(Message("workspaces.not_found"))
        if body.name is not None:
            changes["name"] = await workspace_store.require_free_name(
                transaction, body.name, user_id=user_id, but=workspace_id
            )
        await workspace_store.change_workspace(transaction, workspace_id, **changes)
        return _read_model_of(await workspace_store.get(transaction, workspace_id))


def _require_zone(zone: str) -> None:
    problem = zone_problem(zone)
    if problem is not None:
        raise PostInvalid([problem])


def _read_model_of(workspace: Workspace) -> WorkspaceRead:
    return WorkspaceRead(id=workspace.id, name=workspace.name, language=workspace.language, zone=workspace.zone)
