"""The interface of an image provider: its request and its result."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from araldo.clock import Clock
from araldo.http import Http
from araldo.images.provider_settings import ProviderSettings
from araldo.images.providers.cache import Price
from araldo.images.spec import ImageSpec
from araldo.messages import Message


@dataclass(frozen=True, slots=True)
class PictureCopy:
    """The words to draw on a picture; `page` is (number, count) in a set."""

    headline: str
    text: str = ""
    cta: str | None = None
    handle: str | None = None
    kicker: str | None = None
    page: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Brand:
    """The brand that a picture is for. `colors`: two of #rrggbb; `fonts`: name of a designer's font pair; `logo`: PNG.

    `tone`: words about the style, added to the prompt.
    """

    name: str
    colors: tuple[str, str] | None = None
    fonts: str | None = None
    handle: str = ""
    tone: str = ""
    logo: bytes | None = field(default=None, repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The brand's part of the prompt for an image model."""
        colors = f"in the colours {self.colors[0]} and {self.colors[1]}" if self.colors else ""
        return colors, self.tone


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """One picture to generate. `variant` counts re-rolls; equal requests give equal pictures where a provider can.

    `family`: prompt and headline of the post, for one of its several pictures; they choose a common palette.
    `design_seed`: prompt and headline that choose palette and art of a card instead of the request's own words.
    `text_over`: draw `copy` over the result, see `images.text_overlay`; providers ignore it.
    """

    prompt: str
    style: str
    spec: ImageSpec
    base_prompt: str = ""
    suffix: str = ""
    copy: PictureCopy | None = None
    brand: Brand | None = None
    variant: int = 0
    family: tuple[str, str] | None = None
    design_seed: tuple[str, str] | None = None
    text_over: bool = False

    @property
    def remote_prompt(self) -> str:
        """The complete prompt for an image model."""
        parts = (self.base_prompt, self.prompt, self.style, self.suffix, *(self.brand.words if self.brand else ()))
        return ", ".join(part.strip() for part in parts if part.strip())

    @property
    def seed(self) -> int:
        """Seed from 0 to 2**31 - 1, by prompt and variant alone, so that a retry asks for the same picture."""
        return zlib.crc32(f"{self.variant}:{self.remote_prompt}".encode()) & 0x7FFFFFFF


@dataclass(frozen=True, slots=True)
class GeneratedPicture:
    """A picture as its provider returned it, of any size and format; `notes` are messages for the person."""

    data: bytes
    provider: str
    notes: tuple[Message, ...] = ()
    fallback_reason: Message | None = None
    # None when the answer does not state it.
    price: Price | None = None


class ImageProvider(Protocol):
    """A service or a program that generates pictures. Listed in `araldo.images.providers.IMAGE_PROVIDERS`.

    `name`: used in requests and settings. `max_concurrent`: how many pictures may be requested at once.
    `remote`: its pictures are cached, and its costs are recorded.
    """

    name: ClassVar[str]
    max_concurrent: ClassVar[int]
    remote: ClassVar[bool]

    def __init__(self, http: Http, settings: ProviderSettings, clock: Clock) -> None: ...

    @staticmethod
    def missing_setting(settings: ProviderSettings) -> str | None:
        """Return the variable that has to be set first; None when the provider can be used."""
        ...

    def endpoint(self) -> tuple[str, str]:
        """Return base URL and model, which are part of the cache key; two empty strings for a local provider."""
        ...

    async def generate(self, request: PictureRequest) -> GeneratedPicture:
        """Generate one picture of any size. Raises only errors.OutsideError, made by `failures.provider_error`."""
        ...
