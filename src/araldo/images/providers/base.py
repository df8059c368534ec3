"""What a picture provider is asked, what it gives back, and what an operator may set for it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from araldo.clock import Clock
from araldo.http import Http
from araldo.images.providers.cache import Price
from araldo.images.spec import ImageSpec
from araldo.messages import Message


@dataclass(frozen=True, slots=True)
class PictureCopy:
    """The words that a picture may carry; `page` is (this one, all) of a set."""

    headline: str
    text: str = ""
    cta: str | None = None
    handle: str | None = None
    kicker: str | None = None
    page: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose picture it is. `colors` are two of #rrggbb, `fonts` a pair that the designer has, `logo` a PNG.

    `tone` are words for who draws.
    """

    name: str
    colors: tuple[str, str] | None = None
    fonts: str | None = None
    handle: str = ""
    tone: str = ""
    logo: bytes | None = field(default=None, repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        """What an image model is told of it."""
        colors = f"in the colours {self.colors[0]} and {self.colors[1]}" if self.colors else ""
        return colors, self.tone


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """One picture to make. `variant` counts re-rolls: the same request gives the same picture where that can be had.

    `family`: the prompt and the headline of the post that this is one of several pictures of. They choose the palette.
    `text_over`: its copy is to be drawn over the picture that comes back, see `images.over`; a provider needs not know.
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
    text_over: bool = False

    @property
    def remote_prompt(self) -> str:
        """What an image model is told."""
        parts = (self.base_prompt, self.prompt, self.style, self.suffix, *(self.brand.words if self.brand else ()))
        return ", ".join(part.strip() for part in parts if part.strip())

    @property
    def seed(self) -> int:
        """Of the prompt and the variant alone, 0 to 2**31 - 1: a repeat after a fault asks for the same picture."""
        return zlib.crc32(f"{self.variant}:{self.remote_prompt}".encode()) & 0x7FFFFFFF


@dataclass(frozen=True, slots=True)
class GeneratedPicture:
    """A picture as its provider gave it, of any size and format; `notes` are what a person should know of it."""

    data: bytes
    provider: str
    notes: tuple[Message, ...] = ()
    fallback_reason: Message | None = None
    # Where the answer says it.
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What an operator may set, by the names of ARALDO_IMAGES__*; base URLs have no slash at their end."""

    order: tuple[str, ...] = ()
    at_once: int = 20
    google_api_key: str | None = field(default=None, repr=False)
    google_model: str = "gemini-3.1-flash-image"
    google_base_url: str = "https://generativelanguage.googleapis.com"
    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-image-2"
    pollinations_api_key: str | None = field(default=None, repr=False)
    pollinations_keyless: bool = False
    pollinations_model: str = "flux"
    pollinations_base_url: str = "https://gen.pollinations.ai"
    pollinations_keyless_url: str = "https://image.pollinations.ai"


def env_variable(name: str) -> str:
    """What the operator calls a setting: google_api_key -> ARALDO_IMAGES__GOOGLE_API_KEY."""
    return f"ARALDO_IMAGES__{name.upper()}"


class ImageProvider(Protocol):
    """Someone who makes pictures. Listed in `araldo.images.providers.IMAGE_PROVIDERS`.

    `name` is what requests and settings call it; `at_once` is how many pictures it may be asked for side by side.
    What a `remote` one makes is kept, and what it costs is recorded.
    """

    name: ClassVar[str]
    max_concurrent: ClassVar[int]
    remote: ClassVar[bool]

    def __init__(self, http: Http, settings: ProviderSettings, clock: Clock) -> None: ...

    @staticmethod
    def missing_setting(settings: ProviderSettings) -> str | None:
        """The variable that has to be set before it can be used; None when it can."""
        ...

    def endpoint(self) -> tuple[str, str]:
        """Its base URL and its model: what a picture depends on beside the request. Empty where there is none."""
        ...

    async def generate(self, request: PictureRequest) -> GeneratedPicture:
        """One picture, whatever its size. Raises errors.OutsideError only, made by `failures.failure`."""
        ...
