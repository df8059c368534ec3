"""Google's Gemini image models, over REST."""

from __future__ import annotations

from typing import Any, ClassVar

from araldo.clock import Clock
from araldo.http import Http
from araldo.http_exchange import HttpResponse
from araldo.images.provider_settings import GoogleSettings, env_variable
from araldo.images.providers.base import GeneratedPicture, PictureRequest
from araldo.images.providers.failures import (
    FailureKind,
    call_provider,
    decode_picture,
    get_path,
    parse_json,
    provider_error,
)
from araldo.images.spec import ImageSpec
from araldo.setting_fields import reveal

# The ratios and sizes of ImageConfig; "1K" is about a megapixel, "2K" four.
_RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
_ONE_K = 1024 * 1024


class Google:
    """POST models/{model}:generateContent. A safety block is a 200 without a picture; a bad key is a 400."""

    name: ClassVar[str] = "google"
    max_concurrent: ClassVar[int] = 20
    remote: ClassVar[bool] = True

    def __init__(self, http: Http, settings: GoogleSettings, clock: Clock) -> None:
        self._http = http
        self._settings = settings

    @staticmethod
    def missing_setting(settings: GoogleSettings) -> str | None:
        return None if settings.google_api_key else env_variable("google_api_key")

    def endpoint(self) -> tuple[str, str]:
        return self._settings.google_base_url, self._settings.google_model

    async def generate(self, request: PictureRequest) -> GeneratedPicture:
        key = reveal(self._settings.google_api_key) or ""
        answer = await call_provider(
            self._http,
            "POST",
            f"{self._settings.google_base_url}/v1beta/models/{self._settings.google_model}:generateContent",
            service=self.name,
            secret=key,
            classify=_classify_error,
            headers={"x-goog-api-key": key},
            json=_request_body(request),
        )
        return GeneratedPicture(decode_picture(_find_picture(parse_json(answer, self.name)), self.name), self.name)


def _request_body(request: PictureRequest) -> dict[str, Any]:
    spec = request.spec
    return {
        "contents": [{"role": "user", "parts": [{"text": request.remote_prompt}]}],
        "generationConfig": {
            "responseModalities": ["IMAGE"],
            "seed": request.seed,
            "imageConfig": {
                "aspectRatio": _nearest_ratio(spec),
                "imageSize": "1K" if spec.width * spec.height <= _ONE_K else "2K",
            },
        },
    }


def _nearest_ratio(spec: ImageSpec) -> str:
    """Return the supported ratio that loses the least when cropped."""

    def kept_share(name: str) -> float:
        wide, _, high = name.partition(":")
        off = (spec.width / spec.height) / (int(wide) / int(high))
        return min(off, 1 / off)

    return max(_RATIOS, key=kept_share)


def _find_picture(answered: Any) -> object:
    candidate = get_path(answered, "candidates", 0)
    for part in get_path(candidate, "content", "parts") or []:
        data = get_path(part, "inlineData", "data")
        if data is not None:
            return data
    reason = get_path(answered, "promptFeedback", "blockReason") or get_path(candidate, "finishReason")
    # STOP and MAX_TOKENS are ways to end; every other reason is a way to refuse (SAFETY, IMAGE_SAFETY, RECITATION...).
    if reason and reason not in ("STOP", "MAX_TOKENS", "NO_IMAGE", "FINISH_REASON_UNSPECIFIED"):
        raise provider_error("blocked", Google.name, raw=str(reason)[:100])
    return None


def _classify_error(answer: HttpResponse) -> FailureKind | None:
    try:
        details = get_path(answer.json(), "error", "details")
    except ValueError:
        return None
    reasons = {get_path(detail, "reason") for detail in details} if isinstance(details, list) else set()
    return "auth" if {"API_KEY_INVALID", "API_KEY_EXPIRED"} & reasons else None
