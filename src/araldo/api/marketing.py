"""Pictures in one call: several at once, each with its own outcome."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from araldo.api.auth import CallerHere
from araldo.api.fields import CleanText
from araldo.api.idempotent import RepeatableHere, once
from araldo.api.parts import Parts, PartsHere
from araldo.api.problems import RESPONSES, language_of
from araldo.errors import Language
from araldo.storage import idempotency
from araldo.workflows.batch import GENERIC, Outcome, Wanted

router = APIRouter(prefix="/api/v1/marketing", tags=["marketing"], responses=RESPONSES)


class WantedImage(BaseModel):
    prompt: Annotated[CleanText, Field(max_length=10_000)]
    aspect_ratio: Annotated[CleanText, Field(max_length=20)] = "1:1"
    platform: Annotated[CleanText, Field(max_length=100)] = GENERIC
    tag: Annotated[CleanText, Field(max_length=200)] = ""


class GenerateBatch(BaseModel):
    images: Annotated[list[WantedImage], Field(min_length=1, max_length=20)]
    base_prompt: Annotated[CleanText, Field(max_length=10_000)] = ""
    style: Annotated[CleanText, Field(max_length=100)] = "professional"
    provider: Annotated[CleanText, Field(max_length=100)] = "auto"


class ImageResult(BaseModel):
    """`generation_time` in seconds; `width` and `height` in pixels."""

    image_url: str | None
    platform: str
    tag: str
    aspect_ratio: str
    generation_time: float
    success: bool
    error: str | None
    error_code: str | None = None
    provider: str | None
    width: int | None
    height: int | None
    notes: list[str] = []


class BatchAnswer(BaseModel):
    results: list[ImageResult]
    total_images: int
    successful: int
    failed: int
    total_generation_time: float


@router.post("/image/batch-generate", operation_id="batch_generate_images")
async def batch_generate_images(
    body: GenerateBatch, request: Request, parts: PartsHere, caller: CallerHere, repeatable: RepeatableHere
) -> BatchAnswer:
    """All pictures at once; one that fails says so, and the others stand."""
    started = time.perf_counter()
    async with once(parts, repeatable) as done:
        if done is not None and done.answer is not None:
            return BatchAnswer(**done.answer)
        wanted = [Wanted(one.prompt, one.aspect_ratio, one.platform, one.tag) for one in body.images]
        outcomes = await parts.batch.make(
            caller.workspace, wanted, base_prompt=body.base_prompt, style=body.style, provider=body.provider
        )
        results = [_result(parts, outcome, language_of(request)) for outcome in outcomes]
        successful = sum(result.success for result in results)
        answer = BatchAnswer(
            results=results,
            total_images=len(results),
            successful=successful,
            failed=len(results) - successful,
            total_generation_time=round(time.perf_counter() - started, 3),
        )
        if repeatable is not None:
            async with parts.database.transaction() as transaction:
                await idempotency.finish(transaction, repeatable, answer=answer.model_dump())
        return answer


def _result(parts: Parts, outcome: Outcome, language: Language) -> ImageResult:
    medium, notes = outcome.medium, outcome.notes or {}
    said = [*notes.get("notes", []), *([notes["fallback_reason"]] if notes.get("fallback_reason") else [])]
    return ImageResult(
        image_url=None if medium is None else parts.media_urls.sign(medium.id, parts.clock.now()),
        platform=outcome.wanted.platform,
        tag=outcome.wanted.tag,
        aspect_ratio=outcome.aspect_ratio,
        generation_time=round(outcome.seconds, 3),
        success=medium is not None,
        error=None if outcome.error is None else outcome.error.to(language),
        error_code=outcome.code,
        provider=None if medium is None else medium.provider,
        width=None if medium is None else medium.width,
        height=None if medium is None else medium.height,
        notes=[sentence[language] for sentence in said],
    )
