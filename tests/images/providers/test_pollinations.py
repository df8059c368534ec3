"""Pollinations' provider against both of its APIs."""

from __future__ import annotations

import asyncio
import itertools
from urllib.parse import unquote

import pytest

from araldo.errors import OutsideError
from araldo.http import Http
from araldo.images.provider_settings import ProviderSettings
from araldo.images.providers import ImageProviders
from araldo.images.providers.base import PictureRequest
from tests.images.pictures import encode_picture, quarters
from tests.images.providers.contract import KEY, REQUEST, SPEC, RemoteContract, as_base64
from tests.images.providers.fakes import Reply, json_reply, reply_with, serving
from tests.support.clock import FakeClock


class TestWithAKey(RemoteContract):
    name = "pollinations"
    setting = "ARALDO_IMAGES__POLLINATIONS_API_KEY"

    def settings(self, url: str) -> ProviderSettings:
        return ProviderSettings(pollinations_api_key=KEY, pollinations_base_url=url)

    def picture_reply(self, data: bytes) -> Reply:
        return json_reply({"data": [{"b64_json": as_base64(data)}]})

    async def test_a_repeated_request_is_identical(self) -> None:
        async with self.serve_replies(self.picture_reply(encode_picture(quarters((160, 90))))) as (providers, fake):
            await providers.generate(self.name, REQUEST)
            await providers.generate(self.name, REQUEST)
            await providers.generate(self.name, PictureRequest("a herald's horn", "professional", SPEC, variant=1))
        first, again, rolled = fake.requests
        assert (first.method, first.path) == ("POST", "/v1/images/generations")
        assert first.headers["authorization"] == f"Bearer {KEY}"
        assert first.json() | {"seed": 0} == {
            "model": "flux",
            "prompt": REQUEST.remote_prompt,
            "size": "120x68",
            "seed": 0,
            "response_format": "b64_json",
        }
        assert first.body == again.body
        assert first.json()["seed"] != rolled.json()["seed"]

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1/x.png", "http://[::1]/x.png", "http://10.0.0.1/x.png"])
    async def test_a_private_url_in_an_answer_is_not_fetched(self, url: str) -> None:
        assert (await self.generate_failing(json_reply({"data": [{"url": url}]}))).code == "bad_response"


class TestKeyless(RemoteContract):
    name = "pollinations"
    setting = "ARALDO_IMAGES__POLLINATIONS_API_KEY"
    key_in_answers = "whoever"

    def settings(self, url: str) -> ProviderSettings:
        return ProviderSettings(pollinations_keyless=True, pollinations_keyless_url=url)

    def picture_reply(self, data: bytes) -> Reply:
        return reply_with(data, "image/jpeg")

    @pytest.mark.parametrize("prompt", ["a/b?c=d&e#f %41", "caffè 🚀", "..", "../../x", "a\\b", "x" * 3000])
    async def test_the_prompt_is_quoted_in_the_path(self, prompt: str) -> None:
        async with self.serve_replies(self.picture_reply(encode_picture(quarters((160, 90))))) as (providers, fake):
            await providers.generate(self.name, PictureRequest(prompt, "", SPEC))
        path, _, query = fake.requests[0].path.partition("?")
        assert unquote(path.removeprefix("/prompt/")).strip() == prompt[:1000]
        assert path.count("/") == 2
        assert fake.requests[0].query == {
            "width": "120",
            "height": "68",
            "seed": str(PictureRequest(prompt, "", SPEC).seed),
            "model": "flux",
            "nologo": "true",
            "private": "true",
        }
        assert query

    async def test_keyless_requests_are_sequential_and_five_seconds_apart(self) -> None:
        clock = FakeClock(short_s=60)
        asked_at: list[float] = []

        def answer() -> Reply:
            asked_at.append(clock.running())
            return self.picture_reply(encode_picture(quarters((160, 90))))

        async with serving(lambda: answer()()) as fake, Http() as http:
            providers = ImageProviders(http, self.settings(fake.url), clock)
            await asyncio.gather(*(providers.generate(self.name, REQUEST) for _ in range(3)))
        gaps = [later - earlier for earlier, later in itertools.pairwise(asked_at)]
        assert gaps == [5.0, 5.0]

    async def test_the_gap_is_kept_after_a_failure(self) -> None:
        clock = FakeClock(short_s=60)
        started = clock.running()
        async with serving(reply_with(b"", status=500)) as fake, Http() as http:
            providers = ImageProviders(http, self.settings(fake.url), clock)
            for _ in range(2):
                with pytest.raises(OutsideError):
                    await providers.generate(self.name, REQUEST)
        assert clock.running() - started == 25.0
