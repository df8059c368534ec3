"""Choosing a provider: configured ones in order, every fallback reported, every result validated."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest

from araldo.clock import Clock
from araldo.errors import OutsideError
from araldo.http import Http
from araldo.images import providers
from araldo.images.provider_settings import ProviderSettings
from araldo.images.providers import IMAGE_PROVIDERS, ImageProviders, ProviderUnavailable
from araldo.images.providers.base import GeneratedPicture, PictureRequest
from araldo.images.providers.failures import provider_error
from araldo.images.spec import ImageSpec
from araldo.messages import message_of
from tests.images.pictures import encode_picture, noise, quarters
from tests.images.providers.fakes import reply_with, serving
from tests.support.clock import FakeClock

_SPEC = ImageSpec(600, 600)
_REQUEST = PictureRequest("a horn", "", _SPEC)


def _image_providers(http: Http, **settings: object) -> ImageProviders:
    return ImageProviders(http, ProviderSettings(**settings), FakeClock())


def test_every_provider_is_listed() -> None:
    assert {kind.name for kind in IMAGE_PROVIDERS} == {"offline", "google", "pollinations", "openai"}
    assert len(IMAGE_PROVIDERS) == 4


async def test_auto_without_any_key_is_offline_without_a_reason() -> None:
    async with Http() as http:
        image_providers = _image_providers(http)
        assert image_providers.missing_setting("auto") is None
        finished = await image_providers.generate("auto", _REQUEST)
    assert (finished.provider, finished.fallback_reason) == ("offline", None)


async def test_auto_tries_the_next_and_reports_every_failure() -> None:
    async with (
        serving(reply_with(b"", status=401)) as refusing,
        serving(reply_with(b"", status=503)) as down,
        Http() as http,
    ):
        image_providers = _image_providers(
            http,
            order=("openai", "pollinations", "google"),
            google_api_key="g",
            google_base_url=refusing.url,
            pollinations_api_key=None,
            openai_base_url=down.url,
        )
        finished = await image_providers.generate("auto", _REQUEST)
        assert (len(refusing.requests), len(down.requests)) == (1, 3)
    assert finished.provider == "offline"
    assert finished.fallback_reason is not None
    for told in (finished.fallback_reason.to("en"), finished.fallback_reason.to("it")):
        assert told.index("openai") < told.index("ARALDO_IMAGES__POLLINATIONS_API_KEY") < told.index("google")


async def test_a_lasting_rate_limit_is_reported_after_a_few_seconds() -> None:
    async with serving(reply_with(b"{}", status=429)) as limited, Http() as http:
        clock = FakeClock(short_s=60)
        settings = ProviderSettings(order=("google",), google_api_key="g", google_base_url=limited.url)
        began = clock.running()
        finished = await ImageProviders(http, settings, clock).generate("auto", _REQUEST)
        assert (finished.provider, len(limited.requests), clock.running() - began) == ("offline", 3, 3.0)
    assert finished.fallback_reason is not None
    assert "billing" in finished.fallback_reason.to("en")


async def test_auto_uses_the_first_provider_that_succeeds() -> None:
    picture = encode_picture(quarters((100, 100)))
    async with serving(reply_with(picture, "image/png")) as fake, Http() as http:
        image_providers = _image_providers(http, pollinations_keyless=True, pollinations_keyless_url=fake.url)
        finished = await image_providers.generate("auto", _REQUEST)
    assert (finished.provider, finished.fallback_reason) == ("pollinations", None)


async def test_a_provider_requested_by_name_does_not_fall_back() -> None:
    async with serving(reply_with(b"", status=500)) as fake, Http() as http:
        with pytest.raises(OutsideError) as caught:
            await _image_providers(http, openai_base_url=fake.url).generate("openai", _REQUEST)
    assert caught.value.service == "openai"


async def test_the_operators_order_ends_at_offline() -> None:
    async with serving(reply_with(b"", status=500)) as fake, Http() as http:
        image_providers = _image_providers(http, order=("offline", "openai"), openai_base_url=fake.url)
        assert (await image_providers.generate("auto", _REQUEST)).provider == "offline"
        assert fake.requests == []


async def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    async with Http() as http:
        image_providers = _image_providers(http)
        for ask in (image_providers.require, image_providers.missing_setting):
            with pytest.raises(ProviderUnavailable) as caught:
                ask("dall-e")
            assert caught.value.code == "provider_unknown"
            assert all(name in caught.value.message.to("it") for name in ("dall-e", "auto", *image_providers.known()))
        with pytest.raises(ProviderUnavailable):
            await image_providers.generate("dall-e", _REQUEST)
        with pytest.raises(ValueError, match="ARALDO_IMAGES__ORDER"):
            _image_providers(http, order=("gogle",))


class Slow:
    """Generates noise of a fixed size, and counts how many pictures are generated at once."""

    name: ClassVar[str] = "slow"
    max_concurrent: ClassVar[int] = 2
    remote: ClassVar[bool] = True

    def __init__(self, http: Http, settings: ProviderSettings, clock: Clock) -> None:
        self.now = self.most = 0

    @staticmethod
    def missing_setting(settings: ProviderSettings) -> str | None:
        return None

    def endpoint(self) -> tuple[str, str]:
        return "http://slow.example", "noise-1"

    async def generate(self, request: PictureRequest) -> GeneratedPicture:
        self.now += 1
        self.most = max(self.most, self.now)
        for _ in range(5):
            await asyncio.sleep(0)
        self.now -= 1
        note = message_of({"en": "made of noise", "it": "fatta di rumore"})
        return GeneratedPicture(encode_picture(noise("RGB", (300, 100))), self.name, (note,), None)


async def test_concurrent_requests_to_a_provider_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "IMAGE_PROVIDERS", (*IMAGE_PROVIDERS, Slow))
    async with Http() as http:
        image_providers = _image_providers(http)
        made = await asyncio.gather(*(image_providers.generate("slow", _REQUEST) for _ in range(6)))
    slow = image_providers._providers["slow"]
    assert isinstance(slow, Slow)
    assert slow.most == 2
    assert all(
        _SPEC.problem_with(picture.data) is None and picture.notes[0].to("en") == "made of noise" for picture in made
    )


async def test_a_picture_that_cannot_be_brought_under_the_cap_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "IMAGE_PROVIDERS", (*IMAGE_PROVIDERS, Slow))
    async with Http() as http:
        with pytest.raises(OutsideError) as caught:
            await _image_providers(http).generate("slow", PictureRequest("x", "", ImageSpec(96, 96, max_bytes=500)))
    assert (caught.value.code, caught.value.raw) == ("bad_response", "over_cap")


def test_the_remote_prompt_leaves_empty_parts_out() -> None:
    asked = PictureRequest(" a horn ", "", _SPEC, base_prompt="  ", suffix="wide")
    assert asked.remote_prompt == "a horn, wide"
    assert asked.seed == PictureRequest("a horn", "", _SPEC, suffix="wide").seed
    assert provider_error("quota", "x").code == "quota"
