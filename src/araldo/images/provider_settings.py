"""The settings of each image provider: their defaults, descriptions and environment variables.

Beside the providers, not in them: what reads the settings must not import an HTTP client and Pillow for it.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from araldo.setting_fields import BaseUrl, Listed, Secret


def env_variable(name: str) -> str:
    """Return a setting's environment variable: google_api_key -> ARALDO_IMAGES__GOOGLE_API_KEY."""
    return f"ARALDO_IMAGES__{name.upper()}"


class GoogleSettings(BaseModel):
    google_api_key: Secret = Field(None, description="Key for Google's Gemini image models")
    google_model: str = Field("gemini-3.1-flash-image", description="Google's image model")
    google_base_url: BaseUrl = Field("https://generativelanguage.googleapis.com", description="Base of Google's API")


class OpenAISettings(BaseModel):
    openai_api_key: Secret = Field(None, description="Key for OpenAI or a compatible server")
    openai_base_url: BaseUrl = Field("https://api.openai.com/v1", description="Base of OpenAI or a compatible server")
    openai_model: str = Field("gpt-image-2", description="Image model of that server")


class PollinationsSettings(BaseModel):
    pollinations_api_key: Secret = Field(None, description="Key for Pollinations' API")
    pollinations_keyless: bool = Field(False, description="Use Pollinations without a key (slow, one at a time)")
    pollinations_model: str = Field("flux", description="Pollinations' image model")
    pollinations_base_url: BaseUrl = Field("https://gen.pollinations.ai", description="Base of Pollinations' API")
    pollinations_keyless_url: BaseUrl = Field(
        "https://image.pollinations.ai", description="Base of Pollinations without a key"
    )


class ProviderSettings(GoogleSettings, OpenAISettings, PollinationsSettings):
    """All that an operator may set, as ARALDO_IMAGES__*."""

    model_config = ConfigDict(frozen=True)

    order: Listed = Field(default_factory=list, description="Order of providers for `auto`; `offline` always ends it")
    at_once: int = Field(20, ge=1, description="Most pictures asked of one provider side by side by each process")
