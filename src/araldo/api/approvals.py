"""Approval of one post by the workspace's members and keys: ask, comment, approve, send back, and make links."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from araldo.api.auth import CallerDep
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import ApprovalStateName, CleanText, Instant
from araldo.api.problems import RESPONSES
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.posts.approval import ApprovalComment
from araldo.posts.approval_link_store import ApprovalLink
from araldo.workflows.posts.approval_steps import may_approve
from araldo.workflows.posts.approvals import ApprovalAction, ApprovalView, Decision
from araldo.workspaces.models import Caller
from araldo.workspaces.users import approval_url

router = ResourceRouter(prefix="/api/v1/posts", tags=["approval"], responses=RESPONSES)

CommentText = Annotated[CleanText, Field(max_length=4_000)]
WrittenComment = Annotated[CleanText, Field(min_length=1, max_length=4_000, pattern=r"\S")]
Version = Annotated[CleanText, Field(max_length=100, description="The `version` of the approval that was seen.")]


class CommentRead(BaseModel):
    """`kind`: `comment`, or the decision that it was written with. `by_link`: by somebody without an account."""

    kind: str
    author: str
    by_link: bool
    text: str
    created_at: Instant

    @classmethod
    def of(cls, comment: ApprovalComment) -> CommentRead:
        return cls(**{name: getattr(comment, name) for name in cls.model_fields})


class LinkRead(BaseModel):
    """A link for somebody without an account. `note`: for whom it is. `created_by`: who made it."""

    id: str
    note: str
    created_by: str
    created_at: Instant
    expires_at: Instant

    @classmethod
    def of(cls, link: ApprovalLink) -> LinkRead:
        return cls(
            id=link.id,
            note=link.note,
            created_by=link.maker_name,
            created_at=link.created_at,
            expires_at=link.expires_at,
        )


class LinkMade(LinkRead):
    """`url` is in this answer only: whoever has it sees the post and can approve it."""

    url: str


class ApprovalRead(BaseModel):
    """The approval of one post. `required`: the workspace lets nothing go out without.

    `version`: of the post, its pictures and this state, for a decision. `pictures_ready`: all can be seen, as an
    approval needs. `withdrawn`: it was approved, and the post was changed afterwards. `actions`: what the caller can
    do. `links`: those that can still be used, for callers with the permission `approve`.
    """

    state: ApprovalStateName
    required: bool
    version: str
    pictures_ready: bool
    actions: list[ApprovalAction]
    requested_by: str | None
    requested_at: Instant | None
    decided_by: str | None
    decided_at: Instant | None
    comments: list[CommentRead]
    links: list[LinkRead]

    @classmethod
    def of(cls, found: ApprovalView, caller: Caller) -> ApprovalRead:
        approval = found.approval
        actions = found.actions(caller.permissions)
        return cls(
            state="none" if approval is None else approval.state.value,
            required=found.required,
            version=found.version,
            pictures_ready=found.pictures_ready,
            actions=actions,
            requested_by=None if approval is None else approval.requested_by,
            requested_at=None if approval is None else approval.requested_at,
            decided_by=None if approval is None else approval.decided_by,
            decided_at=None if approval is None else approval.decided_at,
            comments=[CommentRead.of(comment) for comment in found.comments],
            links=[LinkRead.of(link) for link in found.links if may_approve(caller.permissions)],
        )


class ApprovalRequest(RequestModel):
    comment: CommentText = ""


class NewComment(RequestModel):
    """People with a link see it too; the post's `note` they never see."""

    text: WrittenComment


class ApprovalDecision(RequestModel):
    """`version`: of what was seen; 409 `post_changed` when it is another by now."""

    version: Version
    comment: CommentText = ""


class NewLink(RequestModel):
    """`note`: for whom it is; seen in the workspace only. `days`: until it expires."""

    note: Annotated[CleanText, Field(max_length=200)] = ""
    days: Annotated[int, Field(ge=1, le=90)] = 14


@router.get("/{post_id}/approval", operation_id="get_approval")
async def get_approval(post_id: str, deps: DependenciesDep, caller: CallerDep) -> ApprovalRead:
    """Return the state of the post's approval, with all comments."""
    return await _read(deps, caller, post_id)


@router.post("/{post_id}/approval/request", operation_id="request_approval")
async def request_approval(
    post_id: str, deps: DependenciesDep, caller: CallerDep, body: ApprovalRequest | None = None
) -> ApprovalRead:
    """Ask for approval. Missing pictures are made, so that they can be seen; 422 for what cannot be published."""
    comment = "" if body is None else body.comment
    await deps.approvals.request(caller.workspace, post_id, comment, permissions=caller.permissions)
    return await _read(deps, caller, post_id)


@router.post("/{post_id}/approval/comments", operation_id="comment_on_approval", status_code=201)
async def comment_on_approval(post_id: str, body: NewComment, deps: DependenciesDep, caller: CallerDep) -> ApprovalRead:
    """Comment on the post."""
    await deps.approvals.comment(caller.workspace, post_id, body.text.strip())
    return await _read(deps, caller, post_id)


@router.post("/{post_id}/approval/approve", operation_id="approve_post")
async def approve_post(post_id: str, body: ApprovalDecision, deps: DependenciesDep, caller: CallerDep) -> ApprovalRead:
    """Approve the post with its pictures, as it is at `version`; every later change withdraws the approval.

    Needs `publish` as well. 409 `pictures_not_ready` while pictures are missing.
    """
    return await _decide(deps, caller, post_id, "approved", body)


@router.post("/{post_id}/approval/send-back", operation_id="send_back_post")
async def send_back_post(
    post_id: str, body: ApprovalDecision, deps: DependenciesDep, caller: CallerDep
) -> ApprovalRead:
    """Send the post back to who asked for the approval; also one that was approved and is not published yet."""
    return await _decide(deps, caller, post_id, "sent_back", body)


@router.post("/{post_id}/approval/links", operation_id="create_approval_link", status_code=201)
async def create_approval_link(
    post_id: str, deps: DependenciesDep, caller: CallerDep, body: NewLink | None = None
) -> LinkMade:
    """Make a link with which people without an account see the post and approve it. Takes no Idempotency-Key."""
    asked = body or NewLink()
    made, token = await deps.approval_links.make(
        caller.workspace, post_id, asked.note.strip(), timedelta(days=asked.days), permissions=caller.permissions
    )
    return LinkMade(**dict(LinkRead.of(made)), url=approval_url(deps.site.own_url, token))


@router.delete("/{post_id}/approval/links/{link_id}", operation_id="withdraw_approval_link", status_code=204)
async def withdraw_approval_link(post_id: str, link_id: str, deps: DependenciesDep, caller: CallerDep) -> None:
    """Withdraw a link: it shows nothing from now on."""
    await deps.approval_links.withdraw(caller.workspace, post_id, link_id)


async def _decide(
    deps: AppDependencies, caller: Caller, post_id: str, decision: Decision, body: ApprovalDecision
) -> ApprovalRead:
    await deps.approvals.decide(
        caller.workspace,
        post_id,
        decision,
        version=body.version,
        comment=body.comment,
        permissions=caller.permissions,
    )
    return await _read(deps, caller, post_id)


async def _read(deps: AppDependencies, caller: Caller, post_id: str) -> ApprovalRead:
    return ApprovalRead.of(await deps.approvals.read(caller.workspace, post_id), caller)
