"""Several pictures at once, each with its own outcome."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from araldo.errors import OutsideError
from araldo.images.providers import Finished, ProviderUnavailable
from araldo.images.providers.base import PictureRequest
from araldo.images.spec import ImageSpec, spec_for_ratio
from araldo.local_faults import is_transient
from araldo.media.models import Medium
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.storage.database import Database
from araldo.workflows.generate import PictureGenerator, notes_of
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
    """One picture's: `medium`, or the `error` that it has instead. `seconds` is its own time."""

    wanted: BatchImageRequest
    aspect_ratio: str
    seconds: float
    medium: Medium | None = None
    notes: Mapping[str, Any] | None = None
    error: Message | None = None
    code: str | None = None


class BatchGenerator:
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

    async def make(
        self,
        workspace: Workspace,
        wanted: Sequence[BatchImageRequest],
        *,
        base_prompt: str,
        style: str,
        provider: str,
        apply_branding: bool = True,
    ) -> list[BatchImageResult]:
        """All side by side, answered in the order asked; one that fails leaves the others alone."""
        one_by_one = (
            self._make_picture(workspace, one, base_prompt, style, provider, apply_branding) for one in wanted
        )
        return list(await asyncio.gather(*one_by_one))

    async def stream(
        self,
        workspace: Workspace,
        wanted: Sequence[BatchImageRequest],
        *,
        base_prompt: str,
        style: str,
        provider: str,
        apply_branding: bool = True,
        beat_s: float,
    ) -> AsyncGenerator[tuple[int, BatchImageResult] | None]:
        """Each as soon as it is there, with its place among those asked; None after `beat_s` seconds of silence.

        Closed early, what nobody is at work on is not begun.
        """
        tasks = {
            asyncio.create_task(self._make_picture(workspace, one, base_prompt, style, provider, apply_branding)): index
            for index, one in enumerate(wanted)
        }
        pending = set(tasks)
        try:
            while pending:
                done, pending = await asyncio.wait(pending, timeout=beat_s, return_when=asyncio.FIRST_COMPLETED)
                for task in sorted(done, key=tasks.__getitem__):
                    yield tasks[task], task.result()
                if not done:
                    yield None
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)

    async def _make_picture(
        self,
        workspace: Workspace,
        wanted: BatchImageRequest,
        base_prompt: str,
        style: str,
        provider: str,
        apply_branding: bool,
    ) -> BatchImageResult:
        started = time.perf_counter()
        ratio = wanted.aspect_ratio

        def failed(code: str, message: Message) -> BatchImageResult:
            return BatchImageResult(wanted, ratio, time.perf_counter() - started, error=message, code=code)

        if not (wanted.prompt.strip() or base_prompt.strip()):
            return failed("prompt_empty", Message("batch.prompt_empty"))
        try:
            spec, suffix = self._spec(wanted)
        except ValueError as wrong:
            return failed(*_wrong(wanted, wrong))
        ratio = spec.ratio
        asked = PictureRequest(wanted.prompt, style, spec, base_prompt=base_prompt, suffix=suffix)
        try:
            finished = await self._picture_generator.generate(
                workspace.id, provider, asked, apply_branding=apply_branding
            )
            # Whoever asked may have left: that does not cut a transaction in two.
            medium = await asyncio.shield(self._keep(finished, workspace, wanted.prompt))
        except (OutsideError, ProviderUnavailable) as failure:
            return failed(failure.code, failure.message)
        except Exception as fault:
            if not is_transient(fault):
                raise
            log.warning("local_fault", why=type(fault).__name__)
            return failed("local_fault", Message("outcomes.local_fault"))
        return BatchImageResult(wanted, ratio, time.perf_counter() - started, medium, notes_of(finished))

    async def _keep(self, finished: Finished, workspace: Workspace, alt: str) -> Medium:
        # Asked for by name, so it is a person's own.
        medium = replace(await self._picture_generator.store_file(finished, workspace.id, alt=alt), kept=True)
        async with self._database.transaction() as transaction:
            await self._picture_generator.add_medium(transaction, medium)
        return medium

    def _spec(self, wanted: BatchImageRequest) -> tuple[ImageSpec, str]:
        """A platform brings its own pixels and words; a generic picture has the ratio that was asked."""
        if wanted.platform == GENERIC:
            return spec_for_ratio(wanted.aspect_ratio), ""
        declared = self._declarations.get(wanted.platform)
        if declared is None:
            raise UnknownPlatform(wanted.platform)
        return declared.image, declared.prompt_suffix


class UnknownPlatform(ValueError):
    """No such platform."""


def _wrong(wanted: BatchImageRequest, wrong: ValueError) -> tuple[str, Message]:
    if isinstance(wrong, UnknownPlatform):
        message = Message("platforms.unknown")
        return "platform_unknown", message.with_values(name=wanted.platform)
    message = Message("batch.aspect_ratio_invalid")
    return "aspect_ratio_invalid", message.with_values(ratio=wanted.aspect_ratio)
