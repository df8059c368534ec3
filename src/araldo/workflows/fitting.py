"""Cleaning and fitting pictures in the image process, and keeping what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from araldo.clock import Clock
from araldo.images.cleaning import clean
from araldo.images.fit import fit
from araldo.images.process import ImageRunner, InThreads
from araldo.images.spec import ImageSpec
from araldo.media.models import ALT_MAX, Medium, plain_name
from araldo.storage.blobs import Blobs
from araldo.storage.database import new_id


@dataclass(frozen=True, slots=True)
class Cut:
    """What a person chose of a picture, as shares of its sides: a part (x, y, w, h), and a point to keep."""

    crop: tuple[float, float, float, float] | None = None
    focal: tuple[float, float] | None = None

    def as_json(self) -> dict[str, Any]:
        crop = None if self.crop is None else dict(zip("xywh", self.crop, strict=True))
        return {"crop": crop, "focal": None if self.focal is None else dict(zip("xy", self.focal, strict=True))}


WHOLE = Cut()


class Fitting:
    """Bytes are on disk when a medium is answered; its row is for the caller's transaction."""

    def __init__(self, *, clock: Clock, blobs: Blobs, images: ImageRunner | None = None) -> None:
        self._clock = clock
        self._blobs = blobs
        self._images = images or InThreads()

    async def source(
        self, workspace_id: str, data: bytes, *, origin: str, filename: str = "", alt: str = "", kept: bool = False
    ) -> Medium:
        """A stranger's file, cleaned. Raises Unfit."""
        cleaned = await self._images.run(clean, data)
        return Medium(
            id=new_id("med"),
            workspace_id=workspace_id,
            digest=await self._blobs.put(cleaned.data),
            mime=cleaned.mime,
            width=cleaned.width,
            height=cleaned.height,
            bytes=len(cleaned.data),
            origin=origin,
            provider=None,
            alt=alt,
            placeholder=cleaned.placeholder,
            created_at=self._clock.now(),
            filename=plain_name(filename),
            kept=kept,
            dhash=cleaned.dhash,
            notes=[note.as_json() for note in cleaned.notes],
        )

    async def copy(self, source: Medium, spec: ImageSpec, cut: Cut, alt: str | None = None) -> Medium:
        """Made to fit; `alt` None is the source's. Raises Unfit, ValueError for a cut that makes no sense."""
        data = await self._blobs.get(source.digest)
        fitted = await self._images.run(fit, data, spec, focal=cut.focal, crop=cut.crop)
        return Medium(
            id=new_id("med"),
            workspace_id=source.workspace_id,
            digest=await self._blobs.put(fitted.data),
            mime=spec.mime,
            width=fitted.width,
            height=fitted.height,
            bytes=len(fitted.data),
            origin=source.origin,
            provider=source.provider,
            alt=(source.alt if alt is None else alt)[:ALT_MAX],
            placeholder=fitted.placeholder,
            created_at=self._clock.now(),
            filename=source.filename,
            source_id=source.id,
            cut=cut.as_json(),
            notes=source.notes,
        )
