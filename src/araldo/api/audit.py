"""The audit log of the workspace: who did what, and from where."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel

from araldo.api.auth import CallerDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import CleanText, InputInstant, Instant
from araldo.api.problems import RESPONSES
from araldo.api.routing import ResourceRouter
from araldo.storage.database import as_utc
from araldo.workspaces import audit_store
from araldo.workspaces.audit import AuditAction, AuditRecord
from araldo.workspaces.audit_store import AuditFilter

router = ResourceRouter(prefix="/api/v1", tags=["audit"], responses=RESPONSES)


class AuditActor(BaseModel):
    """`id` and `name` are of the API key or the user. `command`: the command line; `system`: Araldo itself."""

    kind: Literal["key", "user", "command", "system", "unknown"]
    id: str | None
    name: str | None


class AuditEntry(BaseModel):
    """`address`: of the client. `target`: id of the changed object; `target_name`: its name, of a post the platform."""

    id: str
    at: Instant
    action: AuditAction
    actor: AuditActor
    address: str | None
    target: str | None
    target_name: str | None


class AuditEntryList(BaseModel):
    data: list[AuditEntry]
    next_cursor: str | None
    has_more: bool


@router.get("/audit", operation_id="list_audit_entries")
async def list_audit_entries(
    deps: DependenciesDep,
    caller: CallerDep,
    action: Annotated[list[AuditAction] | None, Query(description="One of these; may be repeated.")] = None,
    actor: Annotated[CleanText | None, Query(max_length=200, description="A key's or user's id or name.")] = None,
    target: Annotated[CleanText | None, Query(max_length=100, description="The id of a post, a key, a user …")] = None,
    since: Annotated[InputInstant | None, Query(alias="from", description="At or after this.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> AuditEntryList:
    """List the workspace's audit log, newest first."""
    wanted = AuditFilter(
        workspace_id=caller.workspace.id,
        actions=action or (),
        actor=actor,
        target=target,
        since=None if since is None else as_utc(since),
    )
    entries, following = await deps.database.read(
        lambda transaction: audit_store.list_entries(transaction, wanted, limit=limit, cursor=cursor)
    )
    return AuditEntryList(
        data=[_read_model_of(entry) for entry in entries], next_cursor=following, has_more=following is not None
    )


def _read_model_of(entry: AuditRecord) -> AuditEntry:
    return AuditEntry(
        id=entry.id,
        at=entry.created_at,
        action=entry.action,
        actor=AuditActor(kind=entry.actor.kind.value, id=entry.actor.id, name=entry.actor.name),
        address=entry.actor.address,
        target=entry.target,
        target_name=entry.target_name,
    )
