"""OpenAI's image models, and every server that speaks their API (LocalAI, Ollama, stable-diffusion.cpp...)."""

from __future__ import annotations

from typing import Any, ClassVar

from araldo.clock import Clock
from araldo.http import Http
from araldo.images.provider_settings import OpenAISettings, env_variable
from araldo.images.providers.base import GeneratedPicture, PictureRequest
from araldo.images.providers.openai_images_api import generate, request_size
from araldo.setting_fields import reveal

_OPENAI_BASE_URL = OpenAISettings().openai_base_url


class OpenAI:
    """Needs an API key for OpenAI itself; a server with another base URL may need none."""

    name: ClassVar[str] = "openai"
    max_concurrent: ClassVar[int] = 20
    remote: ClassVar[bool] = True

    def __init__(self, http: Http, settings: OpenAISettings, clock: Clock) -> None:
        self._http = http
        self._settings = settings

    @staticmethod
    def missing_setting(settings: OpenAISettings) -> str | None:
        own_server = settings.openai_base_url != _OPENAI_BASE_URL
        return None if settings.openai_api_key or own_server else env_variable("openai_api_key")

    def endpoint(self) -> tuple[str, str]:
        return self._settings.openai_base_url, self._settings.openai_model

    async def generate(self, request: PictureRequest) -> GeneratedPicture:
        base = self._settings.openai_base_url
        body: dict[str, Any] = {
            "model": self._settings.openai_model,
            "prompt": request.remote_prompt,
            "n": 1,
            "size": request_size(request),
        }
        if base != _OPENAI_BASE_URL:
            # OpenAI's models answer in base64 and refuse this field; other servers answer with a URL by default.
            body["response_format"] = "b64_json"
        return await generate(self._http, base, body, service=self.name, key=reveal(self._settings.openai_api_key))
