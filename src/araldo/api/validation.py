"""Validation of a post's text as it is typed: nothing is stored, generated or sent."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from pydantic import BaseModel

from araldo.api.answers import DryRunResult, dry_run_result
from araldo.api.auth import CallerDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.posts import PostFields
from araldo.api.problems import RESPONSES, language_of
from araldo.api.providers import require_provider
from araldo.api.routing import ResourceRouter
from araldo.errors import PostInvalid
from araldo.platforms.counting import Unit
from araldo.posts import rules
from araldo.posts.text_limits import LimitedCount, TextCounts

router = ResourceRouter(prefix="/api/v1/posts", tags=["posts"], responses=RESPONSES)


class CountRead(BaseModel):
    """`most`: the most that is allowed; null means no limit."""

    count: int
    most: int | None

    @classmethod
    def of(cls, counted: LimitedCount) -> CountRead:
        return cls(count=counted.count, most=counted.most)


class PlatformCounts(BaseModel):
    """Counts of the text as composed for one platform: call to action and hashtags included.

    `text` is in `unit` (see `limits` of a platform), `bytes` in UTF-8. Limits are those of the post's accounts.
    """

    platform: str
    unit: Unit
    text: CountRead
    bytes: CountRead
    hashtags: CountRead
    mentions: CountRead

    @classmethod
    def of(cls, platform: str, counts: TextCounts) -> PlatformCounts:
        return cls(
            platform=platform,
            unit=counts.unit,
            text=CountRead.of(counts.text),
            bytes=CountRead.of(counts.bytes),
            hashtags=CountRead.of(counts.hashtags),
            mentions=CountRead.of(counts.mentions),
        )


class PostValidation(DryRunResult):
    """`counts`: one entry for each of the post's platforms that show text."""

    counts: list[PlatformCounts]


@router.post("/validate", operation_id="validate_post")
async def validate_post(body: PostFields, request: Request, deps: DependenciesDep, caller: CallerDep) -> PostValidation:
    """Count and validate a post by the rules of publishing. Nothing is stored, no picture is made, no service called.

    With `schedule_time` it is validated as a post to schedule, else as one to publish now.
    """
    new = body.as_new_post()
    validation = await deps.post_creator.validate(caller.workspace, new)
    if new.makes_pictures:
        try:
            require_provider(deps, new.image_provider, "/image_provider")
        except PostInvalid as wrong:
            validation = replace(validation, problems=[*wrong.problems, *validation.problems])
    counts = rules.count_texts(new, validation.declarations)
    return PostValidation(
        **dict(dry_run_result(validation, language_of(request))),
        counts=[PlatformCounts.of(name, each) for name, each in counts.items()],
    )
