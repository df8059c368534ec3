"""Pollinations: with an API key through its new API; without one through the old, one picture every five seconds."""

from __future__ import annotations

import asyncio
from typing import ClassVar
from urllib.parse import quote

from araldo.clock import Clock
from araldo.http import Http
from araldo.images.provider_settings import PollinationsSettings, env_variable
from araldo.images.providers.base import GeneratedPicture, PictureRequest
from araldo.images.providers.failures import call_provider, require_picture
from araldo.images.providers.openai_images_api import generate
from araldo.setting_fields import reveal

_KEYLESS_GAP_S = 5.0
# Longest prompt for the old API, which takes it in the URL's path.
_KEYLESS_PROMPT = 1000


class Pollinations:
    """An unchanged repeat is billed once, so the seed is part of the request."""

    name: ClassVar[str] = "pollinations"
    max_concurrent: ClassVar[int] = 20
    remote: ClassVar[bool] = True

    def __init__(self, http: Http, settings: PollinationsSettings, clock: Clock) -> None:
        self._http = http
        self._settings = settings
        self._clock = clock
        self._turn = asyncio.Lock()
        self._free_at = clock.running()

    @staticmethod
    def missing_setting(settings: PollinationsSettings) -> str | None:
        if settings.pollinations_api_key or settings.pollinations_keyless:
            return None
        return env_variable("pollinations_api_key")

    def endpoint(self) -> tuple[str, str]:
        settings = self._settings
        keyless = settings.pollinations_api_key is None
        base_url = settings.pollinations_keyless_url if keyless else settings.pollinations_base_url
        return base_url, settings.pollinations_model

    async def generate(self, request: PictureRequest) -> GeneratedPicture:
        if self._settings.pollinations_api_key is None:
            return GeneratedPicture(await self._keyless(request), self.name)
        body = {
            "model": self._settings.pollinations_model,
            "prompt": request.remote_prompt,
            "size": f"{request.spec.width}x{request.spec.height}",
            "seed": request.seed,
            "response_format": "b64_json",
        }
        base = f"{self._settings.pollinations_base_url}/v1"
        key = reveal(self._settings.pollinations_api_key)
        return await generate(self._http, base, body, service=self.name, key=key)

    async def _keyless(self, request: PictureRequest) -> bytes:
        async with self._turn:
            await self._clock.sleep(self._free_at - self._clock.running())
            try:
                answer = await call_provider(
                    self._http,
                    "GET",
                    f"{self._settings.pollinations_keyless_url}/prompt/{_in_path(request.remote_prompt)}",
                    service=self.name,
                    secret=None,
                    params=self._params(request),
                )
            finally:
                self._free_at = self._clock.running() + _KEYLESS_GAP_S
        return require_picture(answer.body, self.name)

    def _params(self, request: PictureRequest) -> dict[str, str]:
        return {
            "width": str(request.spec.width),
            "height": str(request.spec.height),
            "seed": str(request.seed),
            "model": self._settings.pollinations_model,
            "nologo": "true",
            "private": "true",
        }


def _in_path(prompt: str) -> str:
    # A lone "." or ".." would be read as a path step, even when quoted; a space prevents that.
    word = prompt[:_KEYLESS_PROMPT]
    return quote(word if word.strip(".") else f"{word} ", safe="")
