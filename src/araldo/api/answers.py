"""Response models of posts, and their conversion: status, and each platform's outcome, picture and link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from pydantic import BaseModel

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.api.dependencies import AppDependencies
from araldo.api.fields import ApprovalStateName, Instant
from araldo.api.post_content import ContentRead
from araldo.api.problems import ProblemEntry, problem_entry_of
from araldo.messages import Language, Message, message_of, text_in
from araldo.pictures.models import PictureState, SlidePicture
from araldo.posts import rules
from araldo.posts import store as post_store
from araldo.posts.actions import DeliveryAction, Obstacle, PostAction, delivery_actions, obstacles, post_actions
from araldo.posts.approval import ApprovalState
from araldo.posts.models import Delivery, PostView, State, success_of
from araldo.storage.database import Transaction
from araldo.workflows.posts.authorization import may_request
from araldo.workflows.posts.validation import ValidationResult
from araldo.workspaces.models import Caller, Workspace
from araldo.workspaces.permissions import PermissionMissing

# States in which sending has not begun, so that problems can still be fixed.
NOT_BEGUN = frozenset({State.DRAFT, State.SCHEDULED, State.MISSED})


class SlideResult(BaseModel):
    """One picture of a carousel."""

    image_url: str | None
    image_state: str
    image_provider: str | None
    error: str | None
    error_code: str | None


class DeliveryAccount(BaseModel):
    id: str
    name: str
    username: str | None


class ActionObstacle(BaseModel):
    """Why an action is not possible: `code` for programs, `detail` for people."""

    action: DeliveryAction
    code: str
    detail: str


class PlatformResult(BaseModel):
    """One delivery: the post to one account on one platform. `success`: null while the outcome is open or unknown.

    `actions`: what the caller can do with it now; `not_possible`: why not the others.
    `image_origin`: `given` for a picture of your own. `image_alt`: the alt text. `image_remade`: the picture was made
    anew because the text changed after another one was shown.
    `pictures`: each picture of a carousel; `image_url` is then the first one's, `image_state` that of all together.
    `notes`: about what was published.
    `may_be_decided`: something was sent with an unknown outcome, which `/resolve` can settle.
    """

    id: str
    platform: str
    account: DeliveryAccount | None
    actions: list[DeliveryAction]
    not_possible: list[ActionObstacle]
    success: bool | None
    state: str
    may_be_decided: bool = False
    post_id: str | None
    post_url: str | None
    image_url: str | None
    error: str | None
    error_code: str | None = None
    image_state: str
    image_shape: str
    image_provider: str | None = None
    image_notes: list[str] = []
    image_origin: str = "made"
    image_alt: str | None = None
    image_variant: int = 0
    image_locked: bool = False
    image_remade: bool = False
    text_over_picture: bool = False
    pictures: list[SlideResult] = []
    notes: list[str] = []
    account_id: str | None
    delivery_id: str


class PostAnswer(BaseModel):
    """`platforms`: one entry a delivery; `total_platforms`, `successful` and `failed` count deliveries.

    `total_time`: seconds since the request, or from the post's creation to its last outcome when read later.

    `schedule_time`: the instant in UTC; `wall_time`: the same instant as local time in `zone`.
    """

    job_id: str
    status: str
    platforms: list[PlatformResult]
    total_platforms: int
    successful: int
    failed: int
    images_generated: int
    total_time: float
    schedule_time: Instant | None
    zone: str | None
    wall_time: str | None


class ImageRead(BaseModel):
    """A library picture shown on a platform, and the crop of it: x, y, w and h are fractions of its sides."""

    media_id: str | None
    crop: dict[str, float] | None = None
    focal: dict[str, float] | None = None
    alt: str | None = None


class PostSeries(BaseModel):
    """The recurrence of a post, or the one that created it. `post_id`: the post that is copied."""

    post_id: str
    ended: bool


class PostRead(ContentRead, PostAnswer):
    """`problems` prevent scheduling and publishing, `warnings` do not; both are about what has not been sent yet.

    `rev` increases with every change by a user; the ETag contains it. `texts` and `accounts` are by platform;
    of several accounts the value is a list. `approval`: the state of its approval.
    `actions`: what the caller can do with the post as a whole.
    """

    rev: int
    approval: ApprovalStateName
    actions: list[PostAction]
    accounts: dict[str, str | list[str]]
    images: dict[str, ImageRead]
    late_limit_s: int
    recurrence_id: str | None
    series: PostSeries | None
    created_at: Instant
    updated_at: Instant
    problems: list[ProblemEntry] = []
    warnings: list[ProblemEntry] = []


class DryRunResult(BaseModel):
    """The result of a dry run: nothing was stored or sent."""

    valid: bool
    problems: list[ProblemEntry]
    warnings: list[ProblemEntry]


class PublishAnswer(BaseModel):
    job_id: str
    status: str
    success: bool | None
    results: list[PlatformResult]
    published_count: int
    failed_count: int


class PostList(BaseModel):
    data: list[PostRead]
    next_cursor: str | None
    has_more: bool


def dry_run_result(validation: ValidationResult, language: Language) -> DryRunResult:
    return DryRunResult(
        valid=not validation.problems,
        problems=[problem_entry_of(problem, language) for problem in validation.problems],
        warnings=[problem_entry_of(problem, language) for problem in validation.warnings],
    )


def validation_of(
    deps: AppDependencies, accounts: Sequence[Account], workspace: Workspace, view: PostView
) -> ValidationResult | None:
    """Validate the deliveries that have not been sent yet; None when all have been."""
    waiting = [row for row in view.deliveries if row.state in NOT_BEGUN]
    if view.deliveries and not waiting:
        return None
    asked = rules.post_request_for(view.post, waiting, "publish" if view.post.due_at is None else "schedule")
    return deps.validator.validate(workspace, asked, accounts, deps.clock.now())


async def read_post(deps: AppDependencies, caller: Caller, post_id: str, language: Language) -> PostRead:
    workspace = caller.workspace

    def in_transaction(transaction: Transaction) -> tuple[PostView, list[Account]]:
        view = post_store.get(transaction, workspace.id, post_id)
        accounts = account_store.list_for_workspace(transaction, workspace.id)
        return view, accounts

    view, accounts = await deps.database.read(in_transaction)
    return post_read_of(deps, view, language, caller, validation_of(deps, accounts, workspace, view))


def post_read_of(
    deps: AppDependencies,
    view: PostView,
    language: Language,
    caller: Caller,
    validation: ValidationResult | None = None,
) -> PostRead:
    post = view.post
    checked = None if validation is None else dry_run_result(validation, language)
    ended = max((delivery.updated_at for delivery in view.deliveries), default=post.updated_at)
    answer = post_answer_of(deps, view, language, caller, (ended - post.created_at).total_seconds())
    return PostRead(
        # Field by field: what is validated need not be taken apart and built again.
        **dict(answer),
        **dict(ContentRead.of(post)),
        rev=post.rev,
        approval="none" if view.approval is None else ApprovalState(view.approval).value,
        actions=[action for action in post_actions(view) if may_request(caller.permissions, action)],
        accounts={
            name: ids[0] if len(ids) == 1 else ids for name, ids in rules.account_ids_of(view.deliveries).items()
        },
        images=_library_pictures(view),
        late_limit_s=post.late_limit_s,
        recurrence_id=post.recurrence_id,
        series=None if view.series is None else PostSeries(post_id=view.series.post_id, ended=view.series.ended),
        created_at=post.created_at,
        updated_at=post.updated_at,
        problems=[] if checked is None else checked.problems,
        warnings=[] if checked is None else checked.warnings,
    )


def _library_pictures(view: PostView) -> dict[str, ImageRead]:
    """Return each platform's library picture: that of its first delivery that is not cancelled, if any is not."""
    live = {row.platform for row in view.deliveries if row.state is not State.CANCELLED}
    shown = [row for row in view.deliveries if row.state is not State.CANCELLED or row.platform not in live]
    return {
        row.platform: ImageRead(**asdict(row.picture.source), alt=row.picture.alt)
        for row in reversed(shown)
        if row.picture.source is not None
    }


def post_answer_of(
    deps: AppDependencies, view: PostView, language: Language, caller: Caller, seconds: float
) -> PostAnswer:
    results = [_platform_result(deps, view, delivery, language, caller) for delivery in view.deliveries]
    # The deliveries of a platform share their pictures.
    made = {
        medium_id
        for delivery in view.deliveries
        if delivery.picture.state is PictureState.READY and not delivery.picture.is_custom
        for medium_id in delivery.picture.medium_ids
    }
    return PostAnswer(
        job_id=view.post.id,
        status=view.status,
        platforms=results,
        total_platforms=len(results),
        successful=sum(result.success is True for result in results),
        failed=sum(result.success is False for result in results),
        images_generated=len(made),
        total_time=round(seconds, 3),
        schedule_time=view.post.due_at,
        zone=view.post.zone,
        wall_time=view.post.wall_time,
    )


def _platform_result(
    deps: AppDependencies, view: PostView, delivery: Delivery, language: Language, caller: Caller
) -> PlatformResult:
    post, account = view.post, view.accounts.get(delivery.account_id or "")
    picture = delivery.picture
    error = delivery.error or picture.error
    notes = picture.notes or {}
    said = [*notes.get("notes", []), *([notes["fallback_reason"]] if notes.get("fallback_reason") else [])]
    medium_id = picture.medium_id
    return PlatformResult(
        id=delivery.id,
        platform=delivery.platform,
        account=None
        if account is None
        else DeliveryAccount(id=account.id, name=account.name, username=account.username),
        actions=[action for action in delivery_actions(delivery) if may_request(caller.permissions, action)],
        not_possible=[
            ActionObstacle(action=action, code=why.code, detail=why.message.to(language))
            for action, why in (obstacles(delivery) | _missing_permissions(caller, delivery)).items()
        ],
        success=success_of(delivery.state),
        state=delivery.state,
        may_be_decided=delivery.may_be_decided,
        post_id=delivery.remote_id,
        post_url=delivery.permalink,
        image_url=None if medium_id is None else deps.media_urls.sign(medium_id, deps.clock.now()),
        error=text_in(error, language),
        error_code=None if error is None else error["code"],
        image_state=picture.state,
        image_shape=deps.declarations[delivery.platform].shape_for(post.shapes).image.ratio,
        image_provider=notes.get("provider"),
        image_notes=[message_of(note).to(language) for note in said],
        image_origin=picture.origin,
        image_alt=None
        if medium_id is None and picture.alt is None
        else rules.alt_on(delivery.platform, post.content, post.texts, picture.alt),
        image_variant=picture.options.variant,
        image_locked=picture.locked,
        image_remade=picture.remade,
        text_over_picture=picture.options.text_over,
        pictures=[_slide_result(deps, slide, language) for slide in picture.slides or ()],
        notes=[message_of(note).to(language) for note in delivery.notes or []],
        account_id=delivery.account_id,
        delivery_id=delivery.id,
    )


def _missing_permissions(caller: Caller, delivery: Delivery) -> dict[DeliveryAction, Obstacle]:
    """Return the obstacle of each action that is possible, but not for this caller."""
    missing = Obstacle(PermissionMissing.code, Message("actions.not_permitted"))
    return {action: missing for action in delivery_actions(delivery) if not may_request(caller.permissions, action)}


def _slide_result(deps: AppDependencies, slide: SlidePicture, language: Language) -> SlideResult:
    medium_id, error = slide.medium_id, slide.error
    return SlideResult(
        image_url=None if medium_id is None else deps.media_urls.sign(medium_id, deps.clock.now()),
        image_state=slide.state,
        image_provider=(slide.notes or {}).get("provider"),
        error=text_in(error, language),
        error_code=None if error is None else error["code"],
    )
