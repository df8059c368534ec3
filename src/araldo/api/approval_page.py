"""What the link of an approval shows to people without an account: one post, and what they can do with it.

The token is in the body, because logs record addresses. Nothing internal is in the answers: no note, no ids of the
workspace, no other post.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import Request
from pydantic import BaseModel, Field

from araldo.api.approvals import CommentRead, CommentText, Version, WrittenComment
from araldo.api.auth import require_own_origin
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import ApprovalStateName, CleanText, Instant
from araldo.api.platforms import PlatformRead
from araldo.api.problems import RESPONSES, described_problems, language_of
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.messages import Language
from araldo.pictures.models import PictureState
from araldo.posts import rules
from araldo.posts.approval import live_deliveries
from araldo.posts.models import Delivery, PostView
from araldo.workflows.posts.approval_links import OpenedLink
from araldo.workflows.posts.approvals import Decision

router = ResourceRouter(prefix="/api/v1/approval", tags=["approval"], responses=RESPONSES)

_INVALID = described_problems({404: "The link was withdrawn or has expired, or the post is gone"})
_LIMITED = described_problems({429: "Too many comments by link"}) | _INVALID
_CONFLICT = described_problems({409: "The post has changed, or nothing was asked"}) | _LIMITED
Token = Annotated[CleanText, Field(max_length=200, description="The part of the link after `#`.")]
Name = Annotated[CleanText, Field(min_length=1, max_length=100, pattern=r"\S")]


class ApprovalToken(RequestModel):
    token: Token


class LinkComment(RequestModel):
    """`name`: as the person wants to be called."""

    token: Token
    name: Name
    text: WrittenComment


class LinkDecision(RequestModel):
    token: Token
    name: Name
    version: Version
    comment: CommentText = ""


class ShownPicture(BaseModel):
    url: str
    alt: str


class ShownDelivery(BaseModel):
    """The post on one account of a platform. `picture_state`: `none`, `making`, `ready` or `failed`.

    `width` and `height`: of its pictures, in pixels; `text`: as it is published, "" where the platform shows none.
    """

    platform: str
    width: int
    height: int
    account: str | None
    username: str | None
    text: str
    pictures: list[ShownPicture]
    picture_state: Literal["none", "making", "ready", "failed"]
    state: str


class ApprovalPage(BaseModel):
    """`can_decide`: the workspace has asked, and all pictures can be seen. `expires_at`: of the link."""

    workspace: str
    zone: str
    schedule_time: Instant | None
    state: ApprovalStateName
    version: str
    pictures_ready: bool
    can_decide: bool
    can_send_back: bool
    requested_by: str | None
    decided_by: str | None
    decided_at: Instant | None
    deliveries: list[ShownDelivery]
    platforms: list[PlatformRead]
    comments: list[CommentRead]
    expires_at: Instant


@router.post("/open", operation_id="open_approval_link", responses=_INVALID)
async def open_approval_link(body: ApprovalToken, request: Request, deps: DependenciesDep) -> ApprovalPage:
    """Return the post of a link, exactly as it would be published."""
    require_own_origin(request, deps)
    return await _page(deps, body.token, language_of(request))


@router.post("/comments", operation_id="comment_by_link", responses=_LIMITED, status_code=201)
async def comment_by_link(body: LinkComment, request: Request, deps: DependenciesDep) -> ApprovalPage:
    """Comment on the post. 429 after many comments."""
    require_own_origin(request, deps)
    await deps.approval_links.comment(body.token, body.name.strip(), body.text.strip())
    return await _page(deps, body.token, language_of(request))


@router.post("/approve", operation_id="approve_by_link", responses=_CONFLICT)
async def approve_by_link(body: LinkDecision, request: Request, deps: DependenciesDep) -> ApprovalPage:
    """Approve the post as it was seen."""
    return await _decide(deps, body, request, "approved")


@router.post("/send-back", operation_id="send_back_by_link", responses=_CONFLICT)
async def send_back_by_link(body: LinkDecision, request: Request, deps: DependenciesDep) -> ApprovalPage:
    """Send the post back, with what is to be changed."""
    return await _decide(deps, body, request, "sent_back")


async def _decide(deps: AppDependencies, body: LinkDecision, request: Request, decision: Decision) -> ApprovalPage:
    require_own_origin(request, deps)
    await deps.approval_links.decide(
        body.token, body.name.strip(), decision, version=body.version, comment=body.comment
    )
    return await _page(deps, body.token, language_of(request))


async def _page(deps: AppDependencies, token: str, language: Language) -> ApprovalPage:
    opened = await deps.approval_links.open(token)
    shown, approval = opened.shown, opened.shown.approval
    rows = live_deliveries(shown.view)
    return ApprovalPage(
        workspace=opened.workspace.name,
        zone=opened.workspace.zone,
        schedule_time=shown.view.post.due_at,
        state="none" if approval is None else approval.state.value,
        version=shown.version,
        pictures_ready=shown.pictures_ready,
        can_decide=shown.can_be_approved_by_link,
        can_send_back=shown.can_be_sent_back,
        requested_by=None if approval is None else approval.requested_by,
        decided_by=None if approval is None else approval.decided_by,
        decided_at=None if approval is None else approval.decided_at,
        deliveries=[_shown_delivery(deps, opened, row) for row in rows],
        platforms=[PlatformRead.of(deps.declarations[name], language) for name in rules.platforms_of(rows)],
        comments=[CommentRead.of(comment) for comment in shown.comments],
        expires_at=opened.link.expires_at,
    )


def _shown_delivery(deps: AppDependencies, opened: OpenedLink, row: Delivery) -> ShownDelivery:
    view: PostView = opened.shown.view
    post, declared = view.post, deps.declarations[row.platform]
    account, spec = view.accounts.get(row.account_id or ""), declared.shape_for(post.shapes).image
    composed = rules.text_on(row.platform, post.content, post.texts, post.cta, post.hashtags)
    alt = rules.alt_on(row.platform, post.content, post.texts, row.picture.alt)
    return ShownDelivery(
        platform=row.platform,
        width=spec.width,
        height=spec.height,
        account=None if account is None else account.name,
        username=None if account is None else account.username,
        text=composed if declared.shows_text else "",
        pictures=[
            ShownPicture(url=deps.media_urls.sign(medium_id, deps.clock.now()), alt=alt)
            for medium_id in _media_of(row)[: declared.pictures_max]
        ],
        picture_state=_STATES.get(row.picture.state, "making"),
        state=row.state,
    )


_STATES: Mapping[PictureState, Literal["none", "ready", "failed"]] = {
    PictureState.NONE: "none",
    PictureState.READY: "ready",
    PictureState.FAILED: "failed",
}


def _media_of(row: Delivery) -> list[str]:
    """Return the media that would be published; none while any of them is being made."""
    if row.picture.state is not PictureState.READY:
        return []
    return row.picture.medium_ids
