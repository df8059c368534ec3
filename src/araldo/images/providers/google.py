"""Google's Gemini image models, over REST."""

from __future__ import annotations

from typing import Any, ClassVar

from araldo.clock import Clock
from araldo.http import Http, HttpResponse
from araldo.images.providers.base import GeneratedPicture, PictureRequest, ProviderSettings, variable
from araldo.images.providers.failures import Kind, ask, dig, failure, from_base64, said_in
from araldo.images.spec import ImageSpec

# The ratios and sizes of ImageConfig; "1K" is about a megapixel, "2K" four.
_RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
_ONE_K = 1024 * 1024


class Google:
    """POST models/{model}:generateContent. A safety block is a 200 without a picture; a bad key is a 400."""

    name: ClassVar[str] = "google"
    at_once: ClassVar[int] = 20
    remote: ClassVar[bool] = True

    def __init__(self, http: Http, settings: ProviderSettings, clock: Clock) -> None:
        self._http = http
        self._settings = settings

    @staticmethod
    def missing_setting(settings: ProviderSettings) -> str | None:
        return None if settings.google_api_key else variable("google_api_key")

    def asks(self) -> tuple[str, str]:
        return self._settings.google_base_url, self._settings.google_model

    async def make(self, request: PictureRequest) -> GeneratedPicture:
        key = self._settings.google_api_key or ""
        answer = await ask(
            self._http,
            "POST",
            f"{self._settings.google_base_url}/v1beta/models/{self._settings.google_model}:generateContent",
            service=self.name,
            secret=key,
            kind_of=_kind_of,
            headers={"x-goog-api-key": key},
            json=_asked(request),
        )
        return GeneratedPicture(from_base64(_found(said_in(answer, self.name)), self.name), self.name)


def _asked(request: PictureRequest) -> dict[str, Any]:
    spec = request.spec
    return {
        "contents": [{"role": "user", "parts": [{"text": request.remote_prompt}]}],
        "generationConfig": {
            "responseModalities": ["IMAGE"],
            "seed": request.seed,
            "imageConfig": {
                "aspectRatio": _nearest(spec),
                "imageSize": "1K" if spec.width * spec.height <= _ONE_K else "2K",
            },
        },
    }


def _nearest(spec: ImageSpec) -> str:
    """The ratio that loses the least when cropped."""

    def kept(name: str) -> float:
        wide, _, high = name.partition(":")
        off = (spec.width / spec.height) / (int(wide) / int(high))
        return min(off, 1 / off)

    return max(_RATIOS, key=kept)


def _found(said: Any) -> object:
    candidate = dig(said, "candidates", 0)
    for part in dig(candidate, "content", "parts") or []:
        data = dig(part, "inlineData", "data")
        if data is not None:
            return data
    reason = dig(said, "promptFeedback", "blockReason") or dig(candidate, "finishReason")
    # STOP and MAX_TOKENS are ways to end; every other reason is a way to refuse (SAFETY, IMAGE_SAFETY, RECITATION...).
    if reason and reason not in ("STOP", "MAX_TOKENS", "NO_IMAGE", "FINISH_REASON_UNSPECIFIED"):
        raise failure("blocked", Google.name, raw=str(reason)[:100])
    return None


def _kind_of(answer: HttpResponse) -> Kind | None:
    try:
        details = dig(answer.json(), "error", "details")
    except ValueError:
        return None
    reasons = {dig(detail, "reason") for detail in details} if isinstance(details, list) else set()
    return "auth" if {"API_KEY_INVALID", "API_KEY_EXPIRED"} & reasons else None
