"""The user's workspaces: list, create, rename, set language and zone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, Field

from araldo.api.auth import SignedInDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import CleanText, KnownLanguage
from araldo.api.problems import RESPONSES, requested_language
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.errors import PostInvalid
from araldo.messages import Language
from araldo.posts.timing import zone_problem
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import LanguageSource, Workspace, WorkspaceChanges
from araldo.workspaces.users import User

router = ResourceRouter(prefix="/api/v1", tags=["workspaces"], responses=RESPONSES)

Name = Annotated[CleanText, Field(max_length=200)]
ZoneName = Annotated[CleanText, Field(max_length=100)]


class WorkspaceRead(BaseModel):
    """`zone`: IANA name, of times without a zone of their own. `language`: of the workspace's mail and webhooks.

    `approval_required`: its posts go out only when they are approved.
    """

    id: str
    name: str
    language: KnownLanguage
    zone: str
    approval_required: bool


class WorkspaceList(BaseModel):
    data: list[WorkspaceRead]


class NewWorkspace(RequestModel):
    """`zone`: default the server machine's. `language`: default the user's, which it then follows until one is set."""

    name: Name
    language: KnownLanguage | None = None
    zone: ZoneName | None = None


class WorkspaceChange(RequestModel):
    """Fields that are left out stay as they are."""

    name: Name | None = None
    language: KnownLanguage | None = None
    zone: ZoneName | None = None
    approval_required: bool | None = None


@router.get("/workspaces", operation_id="list_workspaces")
async def list_workspaces(deps: DependenciesDep, signed_in: SignedInDep) -> WorkspaceList:
    mine = await deps.database.read(
        lambda transaction: workspace_store.list_for_user(transaction, signed_in.session.user.id)
    )
    return WorkspaceList(data=[_read_model_of(workspace) for workspace in mine])


@router.post("/workspaces", operation_id="create_workspace", status_code=201)
async def create_workspace(
    body: NewWorkspace, request: Request, deps: DependenciesDep, signed_in: SignedInDep
) -> WorkspaceRead:
    """Create a workspace with the user as its member; `PATCH /session` switches to it."""
    if body.zone is not None:
        _require_zone(body.zone)
    user = signed_in.session.user
    language, source = _language_of_new(body, request, user)
    made = await deps.workspaces.create(user.id, body.name, language=language, source=source, zone=body.zone)
    return _read_model_of(made)


@router.patch("/workspaces/{workspace_id}", operation_id="change_workspace")
async def change_workspace(
    workspace_id: str, body: WorkspaceChange, deps: DependenciesDep, signed_in: SignedInDep
) -> WorkspaceRead:
    changes = WorkspaceChanges(body.name, body.language, body.zone, body.approval_required)
    if body.zone is not None:
        _require_zone(body.zone)
    return _read_model_of(await deps.workspaces.change(signed_in.session.user.id, workspace_id, changes))


def _language_of_new(body: NewWorkspace, request: Request, user: User) -> tuple[Language | None, LanguageSource]:
    if body.language is not None:
        return body.language, LanguageSource.WORKSPACE
    if user.language is not None:
        return user.language, LanguageSource.MEMBER
    return requested_language(request), LanguageSource.BROWSER


def _require_zone(zone: str) -> None:
    problem = zone_problem(zone)
    if problem is not None:
        raise PostInvalid([problem])


def _read_model_of(workspace: Workspace) -> WorkspaceRead:
    return WorkspaceRead(**asdict(workspace))
