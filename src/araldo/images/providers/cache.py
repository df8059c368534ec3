"""Interface of the image cache, and the records of what remote providers generated and cost."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Protocol

from araldo.images.spec import ImageSpec
from araldo.messages import Message


@dataclass(frozen=True, slots=True)
class Price:
    """A price in millionths of the currency unit; `currency` in upper case, None when the answer does not say it."""

    micros: int
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class FinishedPicture:
    """A picture that meets its spec. `fallback_reason`: why the providers before `provider` failed, under `auto`.

    `cached`: it came from the cache, without a request.
    """

    data: bytes
    width: int
    height: int
    provider: str
    notes: tuple[Message, ...]
    fallback_reason: Message | None
    placeholder: str
    model: str | None = None
    cached: bool = False


@dataclass(frozen=True, slots=True)
class CacheKey:
    """Everything that a remote provider's answer depends on."""

    provider: str
    base_url: str
    model: str
    prompt: str
    variant: int
    spec: ImageSpec

    @property
    def digest(self) -> str:
        """SHA-256 of all fields, in hexadecimal."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class GenerationRecord:
    """One cache_key put to a provider, and how it ended: `made`, or the kind of the failure. `seconds` it took."""

    cache_key: CacheKey
    outcome: str
    seconds: float
    price: Price | None = None


class GenerationClaim(Protocol):
    """The right of this process to have a picture generated."""

    async def release(self) -> None:
        """Let other processes go on: from now on they find the picture, or generate it. Never raises."""
        ...


class ImageCache(Protocol):
    """The image cache of one workspace; `owner` is its id."""

    owner: str

    async def get(self, cache_key: CacheKey) -> FinishedPicture | None:
        """Return the cached picture, None when there is none."""
        ...

    async def claim(self, cache_key: CacheKey) -> GenerationClaim | None:
        """Claim the generation of the picture; None while another process generates it for this workspace."""
        ...

    async def put(self, record: GenerationRecord, finished: FinishedPicture | None) -> None:
        """Store the record, and the picture if there is one; durable when this returns."""
        ...
