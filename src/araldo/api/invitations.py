"""Invitations to the session's workspace by a one-time link: make, list, withdraw, and use."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, Field

from araldo.api.auth import SessionCookieDep, SignedInDep, peer_address, require_own_origin
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import CleanText, Instant
from araldo.api.members import ChosenRole
from araldo.api.problems import RESPONSES, described_problems, requested_language
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.api.session import SessionRead, read_session
from araldo.errors import PostInvalid, Problem
from araldo.messages import Message
from araldo.smtp import is_address
from araldo.workflows.accounts.sign_in import Browser
from araldo.workspaces import invitation_store
from araldo.workspaces.invitation_store import Invitation
from araldo.workspaces.roles import Role
from araldo.workspaces.users import invitation_url

router = ResourceRouter(prefix="/api/v1", tags=["invitations"], responses=RESPONSES)

_INVALID = described_problems({404: "The invitation was used or withdrawn, or has expired"})
Token = Annotated[CleanText, Field(max_length=200, description="The part of the link after `#`.")]


class NewInvitation(RequestModel):
    """`note`: for whom it is, such as an e-mail address; seen by owners only, and nothing is sent there.

    `password`: the user's, needed when the sign-in is older than ten minutes (403 `password_needed`, or
    `sign_in_again` for users without a password).
    """

    role: ChosenRole
    note: Annotated[CleanText, Field(max_length=200)] = ""
    password: Annotated[CleanText, Field(max_length=1_000)] | None = None


class InvitationRead(BaseModel):
    """`created_by`: the name of the owner who made it."""

    id: str
    role: Role
    note: str
    created_by: str
    created_at: Instant
    expires_at: Instant


class InvitationMade(InvitationRead):
    """`url` is in this answer only: whoever has it can join, once."""

    url: str


class InvitationList(BaseModel):
    data: list[InvitationRead]


class InvitationToken(RequestModel):
    token: Token


class InvitationPreview(BaseModel):
    """`workspace`: the name of the workspace that the link invites to."""

    workspace: str
    role: Role
    invited_by: str
    expires_at: Instant


class Registration(RequestModel):
    """`name` and `password` are what the person signs in with. `email`: for other people in the workspace to see."""

    token: Token
    name: Annotated[CleanText, Field(max_length=200)]
    email: Annotated[CleanText, Field(max_length=254)] | None = None
    password: Annotated[CleanText, Field(max_length=1_000)]


@router.get("/invitations", operation_id="list_invitations")
async def list_invitations(deps: DependenciesDep, signed_in: SignedInDep) -> InvitationList:
    """List the invitations that can still be used, newest first."""
    found = await deps.database.read(
        lambda transaction: invitation_store.list_pending(transaction, signed_in.session.workspace.id, deps.clock.now())
    )
    return InvitationList(data=[_read_model_of(invitation) for invitation in found])


@router.post("/invitations", operation_id="create_invitation", status_code=201)
async def create_invitation(body: NewInvitation, deps: DependenciesDep, signed_in: SignedInDep) -> InvitationMade:
    """Make a link with which one person can join, within seven days. Takes no Idempotency-Key: it is shown once."""
    session = signed_in.session
    await deps.sign_in.require_proof(session, body.password)
    made, token = await deps.members.invite(session.user, session.workspace.id, body.role, body.note.strip())
    return InvitationMade(**dict(_read_model_of(made)), url=invitation_url(deps.site.own_url, token))


@router.delete("/invitations/{invitation_id}", operation_id="withdraw_invitation", status_code=204)
async def withdraw_invitation(invitation_id: str, deps: DependenciesDep, signed_in: SignedInDep) -> None:
    """Withdraw an invitation: its link is worth nothing from now on."""
    await deps.members.withdraw(signed_in.session.workspace.id, invitation_id)


@router.post("/join/preview", operation_id="preview_invitation", responses=_INVALID)
async def preview_invitation(body: InvitationToken, request: Request, deps: DependenciesDep) -> InvitationPreview:
    """Return what a link invites to, without using it."""
    require_own_origin(request, deps)
    found = await deps.members.find_invitation(body.token)
    return InvitationPreview(
        workspace=found.workspace_name, role=found.role, invited_by=found.created_by, expires_at=found.expires_at
    )


@router.post("/join/register", operation_id="register", responses=_INVALID)
async def register(
    body: Registration, request: Request, response: Response, deps: DependenciesDep, old: SessionCookieDep = None
) -> SessionRead:
    """Join as a new person, and sign in. Sets the session cookie. 409 `name_taken` for a name in use."""
    require_own_origin(request, deps)
    email = None if body.email is None or not body.email.strip() else body.email.strip()
    if email is not None and not is_address(email):
        raise PostInvalid([Problem("/email", "email_invalid", Message("invitations.email_invalid"))])
    browser = Browser(
        peer_address(request),
        request.headers.get("user-agent", ""),
        old,
        language=requested_language(request),
        invitation=body.token,
    )
    return await read_session(await deps.sign_in.register(body.name, email, body.password, browser), response, deps)


@router.post("/join", operation_id="join_workspace", responses=_INVALID)
async def join_workspace(
    body: InvitationToken, request: Request, response: Response, deps: DependenciesDep, signed_in: SignedInDep
) -> SessionRead:
    """Join as the person who is signed in; the session moves to the workspace. 409 `already_a_member`."""
    await deps.members.join(signed_in.session, body.token, address=peer_address(request))
    return await read_session(signed_in.token, response, deps)


def _read_model_of(invitation: Invitation) -> InvitationRead:
    return InvitationRead(**{name: getattr(invitation, name) for name in InvitationRead.model_fields})
