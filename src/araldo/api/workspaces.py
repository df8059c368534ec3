"""The workspaces that a person belongs to: listed, made, renamed, their language and zone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from araldo.api.auth import SignedInHere
from araldo.api.fields import CleanText
from araldo.api.parts import PartsHere
from araldo.api.problems import RESPONSES
from araldo.api.requests import RequestModel
from araldo.errors import Language, NotFound, PostInvalid, Sentence
from araldo.posts.timing import zone_problem
from araldo.workspaces import store as workspace_store
from araldo.workspaces import user_store
from araldo.workspaces.models import Workspace

router = APIRouter(prefix="/api/v1", tags=["workspaces"], responses=RESPONSES)

_NO_WORKSPACE = Sentence("There is no such workspace.", "Questo spazio di lavoro non esiste.")
Name = Annotated[CleanText, Field(max_length=200)]
ZoneName = Annotated[CleanText, Field(max_length=100)]


class WorkspaceRead(BaseModel):
    """`zone` is an IANA name: what times without a zone of their own are meant in. `language`: of its mail."""

    id: str
    name: str
    language: Language
    zone: str


class WorkspaceList(BaseModel):
    data: list[WorkspaceRead]


class NewWorkspace(RequestModel):
    """`zone`: default the server machine's."""

    name: Name
    language: Language = "it"
    zone: ZoneName | None = None


class WorkspaceChange(RequestModel):
    """What is left out stays."""

    name: Name | None = None
    language: Language | None = None
    zone: ZoneName | None = None


@router.get("/workspaces", operation_id="list_workspaces")
async def list_workspaces(parts: PartsHere, signed_in: SignedInHere) -> WorkspaceList:
    async with parts.database.reading() as transaction:
        mine = await workspace_store.of_user(transaction, signed_in.session.user.id)
    return WorkspaceList(data=[_read(one) for one in mine])


@router.post("/workspaces", operation_id="create_workspace", status_code=201)
async def create_workspace(body: NewWorkspace, parts: PartsHere, signed_in: SignedInHere) -> WorkspaceRead:
    """Whoever makes it belongs to it; `PATCH /session` goes there."""
    if body.zone is not None:
        _require_zone(body.zone)
    now, user_id = parts.clock.now(), signed_in.session.user.id
    async with parts.database.transaction() as transaction:
        name = await workspace_store.free_name(transaction, body.name, user_id=user_id)
        made = await workspace_store.add(transaction, name, now, language=body.language, zone=body.zone)
        await user_store.join(transaction, user_id, made.id, now)
    return _read(made)


@router.patch("/workspaces/{workspace_id}", operation_id="change_workspace")
async def change_workspace(
    workspace_id: str, body: WorkspaceChange, parts: PartsHere, signed_in: SignedInHere
) -> WorkspaceRead:
    changes = body.model_dump(exclude_none=True)
    if body.zone is not None:
        _require_zone(body.zone)
    user_id = signed_in.session.user.id
    async with parts.database.transaction() as transaction:
        if not await user_store.is_member(transaction, user_id, workspace_id):
            raise NotFound(_NO_WORKSPACE)
        if body.name is not None:
            changes["name"] = await workspace_store.free_name(transaction, body.name, user_id=user_id, but=workspace_id)
        await workspace_store.change(transaction, workspace_id, **changes)
        return _read(await workspace_store.get(transaction, workspace_id))


def _require_zone(zone: str) -> None:
    problem = zone_problem(zone)
    if problem is not None:
        raise PostInvalid([problem])


def _read(workspace: Workspace) -> WorkspaceRead:
    language: Language = "it" if workspace.language == "it" else "en"
    return WorkspaceRead(id=workspace.id, name=workspace.name, language=language, zone=workspace.zone)
