"""What is answered about a post: its status, and each platform's outcome, picture and link."""

from __future__ import annotations

from pydantic import BaseModel

from araldo.api.fields import Instant
from araldo.api.parts import Parts
from araldo.errors import Language
from araldo.posts.models import Delivery, PictureState, PostView, success_of


class PlatformResult(BaseModel):
    """`success` is null while the outcome is open or nobody knows it."""

    platform: str
    success: bool | None
    state: str
    post_id: str | None
    post_url: str | None
    image_url: str | None
    error: str | None
    error_code: str | None = None
    image_state: str
    image_provider: str | None = None
    image_notes: list[str] = []
    account_id: str
    delivery_id: str


class PostAnswer(BaseModel):
    """`total_time` in seconds: from the request, or from the post's making to its last outcome when read later.

    `schedule_time` is the instant in UTC, `wall_time` what clocks in `zone` read then.
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


class PostRead(PostAnswer):
    content: str
    cta: str | None
    hashtags: list[str]
    recurrence_id: str | None
    created_at: Instant
    updated_at: Instant


class PublishAnswer(BaseModel):
    job_id: str
    status: str
    success: bool | None
    results: list[PlatformResult]
    published_count: int
    failed_count: int


class PostPage(BaseModel):
    data: list[PostRead]
    next_cursor: str | None
    has_more: bool


def read_of(parts: Parts, view: PostView, language: Language) -> PostRead:
    post = view.post
    ended = max((delivery.updated_at for delivery in view.deliveries), default=post.updated_at)
    answer = answer_of(parts, view, language, (ended - post.created_at).total_seconds())
    return PostRead(
        **answer.model_dump(),
        content=post.content,
        cta=post.cta,
        hashtags=post.hashtags,
        recurrence_id=post.recurrence_id,
        created_at=post.created_at,
        updated_at=post.updated_at,
    )


def answer_of(parts: Parts, view: PostView, language: Language, seconds: float) -> PostAnswer:
    results = [_result(parts, delivery, language) for delivery in view.deliveries]
    made = sum(
        delivery.picture_state is PictureState.READY and delivery.picture_origin == "made"
        for delivery in view.deliveries
    )
    return PostAnswer(
        job_id=view.post.id,
        status=view.status,
        platforms=results,
        total_platforms=len(results),
        successful=sum(result.success is True for result in results),
        failed=sum(result.success is False for result in results),
        images_generated=made,
        total_time=round(seconds, 3),
        schedule_time=view.post.due_at,
        zone=view.post.zone,
        wall_time=view.post.wall_time,
    )


def _result(parts: Parts, delivery: Delivery, language: Language) -> PlatformResult:
    error = delivery.error or delivery.picture_error
    notes = delivery.picture_notes or {}
    said = [*notes.get("notes", []), *([notes["fallback_reason"]] if notes.get("fallback_reason") else [])]
    medium_id = delivery.picture_media_id
    return PlatformResult(
        platform=delivery.platform,
        success=success_of(delivery.state),
        state=delivery.state,
        post_id=delivery.remote_id,
        post_url=delivery.permalink,
        image_url=None if medium_id is None else parts.media_urls.sign(medium_id, parts.clock.now()),
        error=None if error is None else error["sentence"][language],
        error_code=None if error is None else error["code"],
        image_state=delivery.picture_state,
        image_provider=notes.get("provider"),
        image_notes=[sentence[language] for sentence in said],
        account_id=delivery.account_id,
        delivery_id=delivery.id,
    )
