"""What a picture provider is asked for, what it gives, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from araldo.clock import Clock
from araldo.errors import OutsideError, Rejected, Sentence, TryLater
from araldo.http import Answer, Http
from araldo.images.spec import ImageSpec

ANSWER_MAX_BYTES = 30 * 1024 * 1024
ErrorCode = Literal["auth", "quota", "rate_limited", "blocked", "timeout", "bad_response", "unavailable"]


@dataclass(frozen=True, slots=True)
class PictureCopy:
    """The words that a card shows; a remote provider gets them as its prompt only."""

    headline: str
    text: str = ""
    cta: str | None = None
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class Brand:
    """`colors` are two of #rrggbb."""

    name: str
    colors: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """One picture. `variant` 1, 2, ... asks for another one of the same."""

    prompt: str
    style: str
    spec: ImageSpec
    base_prompt: str = ""
    suffix: str = ""
    copy: PictureCopy | None = None
    brand: Brand | None = None
    variant: int = 0

    @property
    def remote_prompt(self) -> str:
        parts = (self.base_prompt, self.prompt, self.style, self.suffix)
        return ", ".join(part.strip() for part in parts if part.strip())


@dataclass(frozen=True, slots=True)
class Made:
    """A provider's picture as it came, of any size; `notes` are for the person who asked."""

    data: bytes
    notes: tuple[Sentence, ...] = ()


class ImageProvider(Protocol):
    """Built with `Studio`. Raises only errors.OutsideError, its `code` one of ErrorCode."""

    name: str

    async def make(self, request: PictureRequest) -> Made: ...


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What the operator set; each field's setting is `ARALDO_IMAGES__` and its name in capitals."""

    order: tuple[str, ...] = ()
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


@dataclass(frozen=True, slots=True)
class Studio:
    """What a provider is built with."""

    http: Http
    clock: Clock
    settings: ProviderSettings


def failure(provider: str, code: ErrorCode, *, after_s: float = 30.0, raw: str | None = None) -> OutsideError:
    """`rate_limited`, `timeout` and `unavailable` may pass; the others will not without somebody's doing."""
    sentence = _SENTENCES[code].with_(provider=provider)
    if code in {"rate_limited", "timeout", "unavailable"}:
        return TryLater(sentence, after_s=after_s, service=provider, code=code, raw=raw)
    return Rejected(sentence, service=provider, code=code, raw=raw)


def failure_of(provider: str, answer: Answer) -> OutsideError:
    """What a status other than 200 means, with all of these services."""
    raw = f"HTTP {answer.status}: {answer.body[:500].decode('utf-8', 'replace')}"
    if answer.status in {401, 403}:
        return failure(provider, "auth", raw=raw)
    if answer.status == 402:
        return failure(provider, "quota", raw=raw)
    if answer.status == 429:
        wait = answer.headers.get("Retry-After", "")
        return failure(provider, "rate_limited", after_s=float(wait) if wait.isdigit() else 30.0, raw=raw)
    if answer.status >= 500:
        return failure(provider, "unavailable", raw=raw)
    return failure(provider, "bad_response", raw=raw)


_SENTENCES: dict[ErrorCode, Sentence] = {
    "auth": Sentence("{provider} does not accept the API key.", "{provider} non accetta la chiave API."),
    "quota": Sentence("The credit with {provider} is used up.", "Il credito presso {provider} è esaurito."),
    "rate_limited": Sentence(
        "{provider} takes no more requests now; without billing this may never end.",
        "{provider} non accetta altre richieste ora; senza fatturazione può non finire mai.",
    ),
    "blocked": Sentence(
        "{provider} declined to make this picture for its safety rules: change the words.",
        "{provider} ha rifiutato questa immagine per le sue regole di sicurezza: cambia le parole.",
    ),
    "timeout": Sentence("{provider} took too long.", "{provider} ha impiegato troppo tempo."),
    "bad_response": Sentence(
        "{provider} answered without a usable picture.", "{provider} ha risposto senza un'immagine usabile."
    ),
    "unavailable": Sentence(
        "{provider} is not available right now.", "{provider} non è disponibile in questo momento."
    ),
}
