"""Pollinations: with a key its new interface, without one the old, slow one that takes one request at a time.

Source: Pollinations' API documentation. The keyless service allows one request in five seconds from one address.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
from urllib.parse import quote

from araldo.errors import OutcomeUnknown, TryLater
from araldo.http import Answer
from araldo.images.providers.base import ANSWER_MAX_BYTES, Made, PictureRequest, Studio, failure, failure_of

_TIMEOUT_S = 180.0
_APART_S = 5.0
_PROMPT_MAX = 1_500


class Pollinations:
    name = "pollinations"

    def __init__(self, studio: Studio) -> None:
        self._http = studio.http
        self._clock = studio.clock
        self._settings = studio.settings
        self._turn = asyncio.Lock()
        self._last: float | None = None

    @staticmethod
    def missing_setting(studio: Studio) -> str | None:
        settings = studio.settings
        if settings.pollinations_api_key or settings.pollinations_keyless:
            return None
        return "ARALDO_IMAGES__POLLINATIONS_API_KEY or ARALDO_IMAGES__POLLINATIONS_KEYLESS"

    async def make(self, request: PictureRequest) -> Made:
        try:
            if self._settings.pollinations_api_key:
                return Made(await self._with_key(request))
            return Made(await self._keyless(request))
        except OutcomeUnknown as broken:
            raise failure(self.name, "timeout", raw=broken.raw) from broken
        except TryLater as away:
            if away.service == self.name and away.code != "unreachable":
                raise
            raise failure(self.name, "unavailable", raw=away.raw) from away

    async def _with_key(self, request: PictureRequest) -> bytes:
        spec = request.spec
        body = {
            "model": self._settings.pollinations_model,
            "prompt": request.remote_prompt,
            "size": f"{spec.width}x{spec.height}",
            "response_format": "b64_json",
            # The same seed again is billed once.
            "seed": _seed(request),
        }
        answer = await self._http.call(
            "POST",
            f"{self._settings.pollinations_base_url}/v1/images/generations",
            service=self.name,
            json=body,
            headers={"Authorization": f"Bearer {self._settings.pollinations_api_key}"},
            timeout_s=_TIMEOUT_S,
            max_bytes=ANSWER_MAX_BYTES,
        )
        self._check(answer)
        try:
            return base64.b64decode(answer.json()["data"][0]["b64_json"])
        except (ValueError, KeyError, IndexError, TypeError, binascii.Error) as strange:
            raise failure(self.name, "bad_response") from strange

    async def _keyless(self, request: PictureRequest) -> bytes:
        prompt = quote(request.remote_prompt[:_PROMPT_MAX], safe="")
        async with self._turn:
            if self._last is not None:
                await self._clock.sleep(self._last + _APART_S - self._clock.running())
            self._last = self._clock.running()
            answer = await self._http.call(
                "GET",
                f"{self._settings.pollinations_keyless_url}/prompt/{prompt}",
                service=self.name,
                params={
                    "width": str(request.spec.width),
                    "height": str(request.spec.height),
                    "seed": str(_seed(request)),
                    "model": self._settings.pollinations_model,
                    "nologo": "true",
                    "private": "true",
                },
                timeout_s=_TIMEOUT_S,
                max_bytes=ANSWER_MAX_BYTES,
            )
        self._check(answer)
        return answer.body

    def _check(self, answer: Answer) -> None:
        if answer.status != 200:
            raise failure_of(self.name, answer)


def _seed(request: PictureRequest) -> int:
    words = f"{request.remote_prompt}|{request.variant}"
    return int.from_bytes(hashlib.sha256(words.encode("utf-8", "replace")).digest()[:4], "big") % 2_000_000_000
