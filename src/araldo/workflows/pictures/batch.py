"""Generate several pictures at once, each with its own result."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from araldo.errors import OutsideError
from araldo.images.providers import FinishedPicture, ProviderUnavailable
from araldo.images.providers.base import PictureRequest
from araldo.images.spec import ImageSpec, spec_for_ratio
from araldo.local_faults import is_transient
from araldo.media.models import Medium
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.storage.database import Database
from araldo.workflows.pictures.generate import PictureGenerator, notes_of
from araldo.workspaces.models import Workspace

log = structlog.get_logger()

GENERIC = "generic"


@dataclass(frozen=True, slots=True)
class BatchImageRequest:
    prompt: str
    aspect_ratio: str
    platform: str
    tag: str


@dataclass(frozen=True, slots=True)
class BatchImageResult:
    """The result of one request: a `medium`, or an `error` with its `code`. `seconds`: how long this picture took."""

    request: BatchImageRequest
    aspect_ratio: str
    seconds: float
    medium: Medium | None = None
    notes: Mapping[str, Any] | None = None
    error: Message | None = None
    code: str | None = None


class BatchGenerator:
    """Generates batches of pictures and adds them to the library."""

    def __init__(
        self,
        *,
        database: Database,
        picture_generator: PictureGenerator,
        declarations: Mapping[str, Declaration],
    ) -> None:
        self._database = database
        self._picture_generator = picture_generator
        self._declarations = declarations

    async def generate(
        self,
        workspace: Workspace,
        requests: Sequence[BatchImageRequest],
        *,
        base_prompt: str,
        style: str,
        provider: str,
        apply_branding: bool = True,
    ) -> list[BatchImageResult]:
        """Generate all pictures in parallel; return the results in the order of `requests`."""
        tasks = (
            self._generate_picture(workspace, request, base_prompt, style, provider, apply_branding)
            for request in requests
        )
        return list(await asyncio.gather(*tasks))

    async def stream(
        self,
        workspace: Workspace,
        requests: Sequence[BatchImageRequest],
        *,
        base_prompt: str,
        style: str,
        provider: str,
        apply_branding: bool = True,
        heartbeat_s: float,
    ) -> AsyncGenerator[tuple[int, BatchImageResult] | None]:
        """Yield (index, result) as soon as each picture is done, and None after `heartbeat_s` seconds without one.

        Closing the generator cancels the pictures that are not done.
        """
        tasks = {
            asyncio.create_task(
                self._generate_picture(workspace, request, base_prompt, style, provider, apply_branding)
            ): index
            for index, request in enumerate(requests)
        }
        pending = set(tasks)
        try:
            while pending:
                done, pending = await asyncio.wait(pending, timeout=heartbeat_s, return_when=asyncio.FIRST_COMPLETED)
                for task in sorted(done, key=tasks.__getitem__):
                    yield tasks[task], task.result()
                if not done:
                    yield None
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)

    async def _generate_picture(
        self,
        workspace: Workspace,
        request: BatchImageRequest,
        base_prompt: str,
        style: str,
        provider: str,
        apply_branding: bool,
    ) -> BatchImageResult:
        started = time.perf_counter()
        ratio = request.aspect_ratio

        def failed(code: str, message: Message) -> BatchImageResult:
            return BatchImageResult(request, ratio, time.perf_counter() - started, error=message, code=code)

        if not (request.prompt.strip() or base_prompt.strip()):
            return failed("prompt_empty", Message("batch.prompt_empty"))
        try:
            spec, suffix = self._spec_of(request)
        except ValueError as invalid:
            return failed(*_error_of(request, invalid))
        ratio = spec.ratio
        picture = PictureRequest(request.prompt, style, spec, base_prompt=base_prompt, suffix=suffix)
        try:
            finished = await self._picture_generator.generate(
                workspace.id, provider, picture, apply_branding=apply_branding
            )
            # Shielded: a picture that is ready is stored even when the client disconnects meanwhile.
            medium = await asyncio.shield(self._store(finished, workspace, request.prompt))
        except (OutsideError, ProviderUnavailable) as failure:
            return failed(failure.code, failure.message)
        except Exception as fault:
            if not is_transient(fault):
                raise
            log.warning("local_fault", why=type(fault).__name__)
            return failed("local_fault", Message("outcomes.local_fault"))
        return BatchImageResult(request, ratio, time.perf_counter() - started, medium, notes_of(finished))

    async def _store(self, finished: FinishedPicture, workspace: Workspace, alt: str) -> Medium:
        # `kept`: in the library, because a person asked for this picture itself.
        medium = replace(await self._picture_generator.store_file(finished, workspace.id, alt=alt), kept=True)
        await self._database.write(lambda transaction: self._picture_generator.add_medium(transaction, medium))
        return medium

    def _spec_of(self, request: BatchImageRequest) -> tuple[ImageSpec, str]:
        """Return the platform's spec and prompt suffix; for `generic`, the spec of the request's ratio.

        Raises ValueError for an unknown ratio, UnknownPlatform.
        """
        if request.platform == GENERIC:
            return spec_for_ratio(request.aspect_ratio), ""
        declared = self._declarations.get(request.platform)
        if declared is None:
            raise UnknownPlatform(request.platform)
        return declared.image, declared.prompt_suffix


class UnknownPlatform(ValueError):
    """No such platform."""


def _error_of(request: BatchImageRequest, invalid: ValueError) -> tuple[str, Message]:
    if isinstance(invalid, UnknownPlatform):
        message = Message("platforms.unknown")
        return "platform_unknown", message.with_values(name=request.platform)
    message = Message("batch.aspect_ratio_invalid")
    return "aspect_ratio_invalid", message.with_values(ratio=request.aspect_ratio)
