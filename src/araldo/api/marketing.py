"""Generation of several pictures in one request, each with its own result."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated, Any, TypedDict

from fastapi import Request
from pydantic import BaseModel, Field

from araldo.api.auth import CallerDep
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.events import EventStream, format_model_event
from araldo.api.fields import CleanText
from araldo.api.idempotent import IdempotencyDep, idempotent
from araldo.api.problems import RESPONSES, language_of
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.messages import Language, message_of
from araldo.storage import idempotency
from araldo.storage.idempotency import IdempotentRequest
from araldo.workflows.pictures.batch import GENERIC, BatchImageRequest, BatchImageResult
from araldo.workspaces.models import Workspace

router = ResourceRouter(prefix="/api/v1/marketing", tags=["marketing"], responses=RESPONSES)


class BatchImageFields(RequestModel):
    prompt: Annotated[CleanText, Field(max_length=10_000)]
    aspect_ratio: Annotated[CleanText, Field(max_length=20)] = "1:1"
    platform: Annotated[CleanText, Field(max_length=100)] = GENERIC
    tag: Annotated[CleanText, Field(max_length=200)] = ""


class GenerateBatch(RequestModel):
    images: Annotated[list[BatchImageFields], Field(min_length=1, max_length=20)]
    base_prompt: Annotated[CleanText, Field(max_length=10_000)] = ""
    style: Annotated[CleanText, Field(max_length=100)] = "professional"
    provider: Annotated[CleanText, Field(max_length=100)] = "auto"
    apply_branding: Annotated[
        bool, Field(description="False: generate without the workspace's brand kit (colours, fonts, logo, tone).")
    ] = True


class ImageResult(BaseModel):
    """`generation_time`: seconds; `width` and `height`: pixels. `cached`: generated earlier, at no further cost."""

    image_url: str | None
    media_id: str | None = None
    platform: str
    tag: str
    aspect_ratio: str
    generation_time: float
    success: bool
    error: str | None
    error_code: str | None = None
    provider: str | None
    model: str | None = None
    cached: bool = False
    width: int | None
    height: int | None
    notes: list[str] = []


class BatchImageEvent(ImageResult):
    """`index`: position in the request's `images`, from 0."""

    index: int


class GenerationOptions(TypedDict):
    base_prompt: str
    style: str
    provider: str
    apply_branding: bool


class BatchAnswer(BaseModel):
    results: list[ImageResult]
    total_images: int
    successful: int
    failed: int
    total_generation_time: float


@router.post(
    "/image/batch-generate",
    operation_id="batch_generate_images",
    response_model=BatchAnswer,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def batch_generate_images(
    body: GenerateBatch, request: Request, deps: DependenciesDep, caller: CallerDep, idempotent_request: IdempotencyDep
) -> BatchAnswer | EventStream:
    """Generate pictures concurrently; a failed one does not affect the others.

    With `Accept: text/event-stream` each result is sent when it is ready (`image`), then the whole answer (`done`).
    """
    job = BatchGeneration(deps, caller.workspace, body, language_of(request), idempotent_request)
    async with idempotent(deps, idempotent_request) as previous:
        if previous is not None and previous.answer is not None:
            known = job.repeat_answer(previous.answer)
            return EventStream(iter([format_model_event("done", known)])) if wants_stream(request) else known
        if not wants_stream(request):
            return await job.answer()
    # For nginx: do not buffer the response.
    pieces = deps.stream_access.guard(caller, job.messages())
    return EventStream(pieces, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


def wants_stream(request: Request) -> bool:
    """Return whether `Accept` names event streams before JSON, or alone."""
    for part in request.headers.get("accept", "").lower().split(","):
        kind = part.partition(";")[0].strip()
        if kind in {"text/event-stream", "application/json", "*/*"}:
            return kind == "text/event-stream"
    return False


@dataclass(frozen=True, slots=True)
class BatchGeneration:
    """The generation of one batch."""

    deps: AppDependencies
    workspace: Workspace
    body: GenerateBatch
    language: Language
    idempotent_request: IdempotentRequest | None
    started: float = field(default_factory=time.perf_counter)

    async def answer(self) -> BatchAnswer:
        outcomes = await self.deps.batch_generator.generate(self.workspace, self._image_requests(), **self._options())
        return await self._complete_answer([self._result(outcome) for outcome in outcomes])

    async def messages(self) -> AsyncGenerator[str]:
        """Yield the events. A disconnect ends it: pictures not begun are not generated, and the key is free again."""
        results: dict[int, ImageResult] = {}
        heartbeat_s = self.deps.heartbeat_s
        made = self.deps.batch_generator.stream(
            self.workspace, self._image_requests(), **self._options(), heartbeat_s=heartbeat_s
        )
        finished = False
        try:
            # Sent at once, so that clients and proxies see the response begin.
            yield ": at work\n\n"
            async with aclosing(made):
                async for piece in made:
                    if piece is None:
                        yield ": still here\n\n"
                        continue
                    index, outcome = piece
                    results[index] = self._result(outcome)
                    yield format_model_event("image", BatchImageEvent(index=index, **results[index].model_dump()))
            answer = await asyncio.shield(self._complete_answer([results[index] for index in sorted(results)]))
            finished = True
            yield format_model_event("done", answer)
        finally:
            if not finished and self.idempotent_request is not None:
                await asyncio.shield(self._release_key(self.idempotent_request))

    def _image_requests(self) -> list[BatchImageRequest]:
        return [
            BatchImageRequest(image.prompt, image.aspect_ratio, image.platform, image.tag) for image in self.body.images
        ]

    def _options(self) -> GenerationOptions:
        return {
            "base_prompt": self.body.base_prompt,
            "style": self.body.style,
            "provider": self.body.provider,
            "apply_branding": self.body.apply_branding,
        }

    def _result(self, outcome: BatchImageResult) -> ImageResult:
        return _result(self.deps, outcome, self.language)

    async def _complete_answer(self, results: list[ImageResult]) -> BatchAnswer:
        successful = sum(result.success for result in results)
        answer = BatchAnswer(
            results=results,
            total_images=len(results),
            successful=successful,
            failed=len(results) - successful,
            total_generation_time=round(time.perf_counter() - self.started, 3),
        )
        request = self.idempotent_request
        if request is not None:
            # Addresses are signed for a time, and a signature is no thing to keep: a repeat gets fresh ones.
            kept = answer.model_dump(exclude={"results": {"__all__": {"image_url"}}})
            await self.deps.database.write(lambda transaction: idempotency.finish(transaction, request, answer=kept))
        return answer

    def repeat_answer(self, kept: dict[str, Any]) -> BatchAnswer:
        """Return the earlier answer, with newly signed URLs."""
        results = [
            {**result, "image_url": _signed_url(self.deps, result.get("media_id"))} for result in kept["results"]
        ]
        return BatchAnswer(**{**kept, "results": results})

    async def _release_key(self, idempotent_request: IdempotentRequest) -> None:
        await self.deps.database.write(lambda transaction: idempotency.release(transaction, idempotent_request))


def _signed_url(deps: AppDependencies, media_id: str | None) -> str | None:
    return None if media_id is None else deps.media_urls.sign(media_id, deps.clock.now())


def _result(deps: AppDependencies, outcome: BatchImageResult, language: Language) -> ImageResult:
    medium, notes = outcome.medium, outcome.notes or {}
    said = [*notes.get("notes", []), *([notes["fallback_reason"]] if notes.get("fallback_reason") else [])]
    return ImageResult(
        image_url=_signed_url(deps, None if medium is None else medium.id),
        media_id=None if medium is None else medium.id,
        platform=outcome.request.platform,
        tag=outcome.request.tag,
        aspect_ratio=outcome.aspect_ratio,
        generation_time=round(outcome.seconds, 3),
        success=medium is not None,
        error=None if outcome.error is None else outcome.error.to(language),
        error_code=outcome.code,
        provider=None if medium is None else medium.provider,
        model=notes.get("model"),
        cached=notes.get("cached", False),
        width=None if medium is None else medium.width,
        height=None if medium is None else medium.height,
        notes=[message_of(note).to(language) for note in said],
    )
