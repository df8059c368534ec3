"""Types of settings, as they are written in environment variables."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _empty_is_none(value: object) -> object:
    return (value.strip() or None) if isinstance(value, str) else value


# One comma-separated value.
Listed = Annotated[list[str], NoDecode, BeforeValidator(_split)]
# A variable that is set to nothing counts as not set.
Text = Annotated[str | None, BeforeValidator(_empty_is_none)]
Secret = Annotated[SecretStr | None, BeforeValidator(_empty_is_none)]
# A base URL, to which a path is appended.
BaseUrl = Annotated[str, AfterValidator(lambda url: url.rstrip("/"))]


def reveal(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
