"""What is remembered of pictures that cost something: kept by the caller, told by whoever asks providers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Protocol

from araldo.images.spec import ImageSpec
from araldo.messages import Message


@dataclass(frozen=True, slots=True)
class Price:
    """In millionths of the currency's unit; `currency` is what the answer says, upper case, None when it does not."""

    micros: int
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class FinishedPicture:
    """A picture that meets its spec. `fallback_reason` says why those before `provider` did not make it.

    `cached`: it was made before, and nobody was asked.
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
    """All that a remote provider's answer depends on: two that are equal need not both be paid for."""

    provider: str
    base_url: str
    model: str
    prompt: str
    variant: int
    spec: ImageSpec

    @property
    def digest(self) -> str:
        asked = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(asked.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class GenerationRecord:
    """One cache_key put to a provider, and how it ended: `made`, or the kind of the failure. `seconds` it took."""

    cache_key: CacheKey
    outcome: str
    seconds: float
    price: Price | None = None


class ImageCache(Protocol):
    """One workspace's; `owner` names it."""

    owner: str

    async def get(self, cache_key: CacheKey) -> FinishedPicture | None:
        """The picture that was the answer before."""
        ...

    async def put(self, asked: GenerationRecord, finished: FinishedPicture | None) -> None:
        """What was asked, and the picture when there is one: on the disk when this returns."""
        ...
