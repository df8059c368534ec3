"""Clean and fit pictures in the image process, and store the resulting files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from araldo.clock import Clock
from araldo.images.fit import fit
from araldo.images.process import ImageRunner, ThreadImageRunner
from araldo.images.sanitizing import sanitize
from araldo.images.spec import ImageSpec
from araldo.media.models import ALT_MAX, Medium, sanitize_filename
from araldo.storage.blobs import Blobs
from araldo.storage.database import new_id


@dataclass(frozen=True, slots=True)
class CropSelection:
    """How a person crops a picture, as shares of its sides: a rectangle (x, y, w, h), and a focal point (x, y)."""

    crop: tuple[float, float, float, float] | None = None
    focal: tuple[float, float] | None = None

    def as_json(self) -> dict[str, Any]:
        crop = None if self.crop is None else dict(zip("xywh", self.crop, strict=True))
        return {"crop": crop, "focal": None if self.focal is None else dict(zip("xy", self.focal, strict=True))}


UNCROPPED = CropSelection()


class Fitting:
    """Make media: the file is on disk when a method returns; the caller's transaction stores the row."""

    def __init__(self, *, clock: Clock, blobs: Blobs, images: ImageRunner | None = None) -> None:
        self._clock = clock
        self._blobs = blobs
        self._images = images or ThreadImageRunner()

    async def clean_source(
        self, workspace_id: str, data: bytes, *, origin: str, filename: str = "", alt: str = "", kept: bool = False
    ) -> Medium:
        """Clean an untrusted file and return it as a medium. Raises UnusablePicture."""
        cleaned = await self._images.run(sanitize, data)
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
            filename=sanitize_filename(filename),
            kept=kept,
            dhash=cleaned.dhash,
            notes=[note.as_json() for note in cleaned.notes],
        )

    async def fit_copy(self, source: Medium, spec: ImageSpec, crop: CropSelection, alt: str | None = None) -> Medium:
        """Return a copy that fits `spec`; `alt` None: the source's.

        Raises UnusablePicture, ValueError for an impossible crop.
        """
        data = await self._blobs.get(source.digest)
        fitted = await self._images.run(fit, data, spec, focal=crop.focal, crop=crop.crop)
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
            cut=crop.as_json(),
            notes=source.notes,
        )
