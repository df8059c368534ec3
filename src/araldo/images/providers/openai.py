"""OpenAI's image endpoint, and every server that speaks it.

Source: OpenAI's API reference, "Create image"; sizes are multiples of 16, so the nearest is asked for and cropped.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from araldo.errors import OutcomeUnknown, TryLater
from araldo.images.providers.base import (
    ANSWER_MAX_BYTES,
    Made,
    PictureRequest,
    ProviderSettings,
    Studio,
    failure,
    failure_of,
)

_TIMEOUT_S = 180.0
_HOME = ProviderSettings.__dataclass_fields__["openai_base_url"].default


class OpenAI:
    name = "openai"

    def __init__(self, studio: Studio) -> None:
        self._http = studio.http
        self._settings = studio.settings

    @staticmethod
    def missing_setting(studio: Studio) -> str | None:
        """OpenAI itself needs a key; a server of one's own may need none."""
        settings = studio.settings
        if settings.openai_api_key or settings.openai_base_url != _HOME:
            return None
        return "ARALDO_IMAGES__OPENAI_API_KEY"

    async def make(self, request: PictureRequest) -> Made:
        key, spec = self._settings.openai_api_key, request.spec
        body = {
            "model": self._settings.openai_model,
            "prompt": request.remote_prompt,
            "n": 1,
            "size": f"{_by_16(spec.width)}x{_by_16(spec.height)}",
        }
        try:
            answer = await self._http.call(
                "POST",
                f"{self._settings.openai_base_url.rstrip('/')}/images/generations",
                service=self.name,
                json=body,
                headers={"Authorization": f"Bearer {key}"} if key else None,
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
            first: dict[str, Any] = answer.json()["data"][0]
            return Made(await self._picture(first))
        except (ValueError, KeyError, IndexError, TypeError, binascii.Error) as strange:
            raise failure(self.name, "bad_response", raw=answer.body[:300].decode("utf-8", "replace")) from strange

    async def _picture(self, first: dict[str, Any]) -> bytes:
        if first.get("b64_json"):
            return base64.b64decode(first["b64_json"])
        # An address in an answer is a stranger's address.
        return (await self._http.fetch_untrusted(str(first["url"]), max_bytes=ANSWER_MAX_BYTES)).body


def _by_16(pixels: int) -> int:
    return -(-pixels // 16) * 16
