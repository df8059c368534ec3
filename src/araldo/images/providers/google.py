"""Google's Gemini image models over their REST interface.

Source: Gemini API reference, "generateContent" and "Image generation". A safety block is HTTP 200 with no picture.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from araldo.errors import OutcomeUnknown, TryLater
from araldo.images.providers.base import ANSWER_MAX_BYTES, Made, PictureRequest, Studio, failure, failure_of

_TIMEOUT_S = 120.0
_RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
# Finish reasons that mean that a picture was declined, not that something went wrong.
_DECLINED = (
    "SAFETY",
    "PROHIBITED_CONTENT",
    "BLOCKLIST",
    "RECITATION",
    "SPII",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
)


class Google:
    name = "google"

    def __init__(self, studio: Studio) -> None:
        self._http = studio.http
        self._settings = studio.settings

    @staticmethod
    def missing_setting(studio: Studio) -> str | None:
        return None if studio.settings.google_api_key else "ARALDO_IMAGES__GOOGLE_API_KEY"

    async def make(self, request: PictureRequest) -> Made:
        settings = self._settings
        ratio = _nearest_ratio(request.spec.width / request.spec.height)
        body = {
            "contents": [{"parts": [{"text": request.remote_prompt}]}],
            "generationConfig": {
                "responseModalities": ["IMAGE"],
                "imageConfig": {"aspectRatio": ratio, "imageSize": "2K"},
            },
        }
        try:
            answer = await self._http.call(
                "POST",
                f"{settings.google_base_url}/v1beta/models/{settings.google_model}:generateContent",
                service=self.name,
                json=body,
                headers={"x-goog-api-key": settings.google_api_key or ""},
                timeout_s=_TIMEOUT_S,
                max_bytes=ANSWER_MAX_BYTES,
            )
        except OutcomeUnknown as broken:
            raise failure(self.name, "timeout", raw=broken.raw) from broken
        except TryLater as away:
            raise failure(self.name, "unavailable", raw=away.raw) from away
        if answer.status != 200:
            raise failure_of(self.name, answer)
        try:
            return Made(self._picture(answer.json()))
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as strange:
            raise failure(self.name, "bad_response") from strange

    def _picture(self, body: dict[str, Any]) -> bytes:
        for part in _parts(body):
            inline = part.get("inlineData") or part.get("inline_data")
            if inline:
                return base64.b64decode(inline["data"])
        reasons = [candidate.get("finishReason", "") for candidate in body.get("candidates", [])]
        blocked = body.get("promptFeedback", {}).get("blockReason")
        if blocked or any(reason in _DECLINED for reason in reasons):
            raise failure(self.name, "blocked", raw=str(blocked or reasons))
        raise failure(self.name, "bad_response", raw=str(reasons))


def _parts(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for candidate in body.get("candidates", []):
        yield from candidate.get("content", {}).get("parts", [])


def _nearest_ratio(wanted: float) -> str:
    def distance(name: str) -> float:
        across, down = map(int, name.split(":"))
        return abs(across / down - wanted)

    return min(_RATIOS, key=distance)
