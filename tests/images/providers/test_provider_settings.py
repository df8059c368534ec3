"""Settings of image providers, as the environment gives them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from araldo.http import Http
from araldo.images.providers.pollinations import Pollinations
from araldo.settings import Settings
from tests.support.clock import FakeClock


def test_values_are_read_as_they_are_written_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARALDO_IMAGES__ORDER", "openai, google,")
    monkeypatch.setenv("ARALDO_IMAGES__GOOGLE_API_KEY", " the-key ")
    monkeypatch.setenv("ARALDO_IMAGES__OPENAI_BASE_URL", "http://localhost:8080/v1/")
    settings = Settings().images
    assert settings.order == ["openai", "google"]
    assert settings.openai_base_url == "http://localhost:8080/v1"
    assert settings.google_api_key is not None
    assert settings.google_api_key.get_secret_value() == "the-key"
    assert "the-key" not in repr(settings)


async def test_an_empty_key_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compose file passes a variable that nobody set as an empty one."""
    monkeypatch.setenv("ARALDO_IMAGES__POLLINATIONS_API_KEY", "")
    monkeypatch.setenv("ARALDO_IMAGES__POLLINATIONS_KEYLESS", "true")
    settings = Settings().images
    async with Http() as http:
        assert Pollinations(http, settings, FakeClock()).endpoint()[0] == settings.pollinations_keyless_url


@pytest.mark.parametrize(
    ("module", "not_imported"),
    [
        ("araldo.images.provider_settings", {"aiohttp", "PIL", "sqlalchemy"}),
        # A platform's service brings its settings, and its clients with them.
        ("araldo.settings", {"fastapi", "sqlalchemy", "cryptography"}),
    ],
)
def test_reading_settings_imports_nothing_slow(module: str, not_imported: set[str]) -> None:
    code = f"import sys, {module}; print({not_imported!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"
