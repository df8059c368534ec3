"""OpenAI's provider against its wire format, and against other servers that speak it."""

from __future__ import annotations

import pytest
from aiohttp import web

from araldo.errors import OutsideError, Rejected, TryLater
from araldo.http import Http
from araldo.images.provider_settings import ProviderSettings
from araldo.images.providers import ImageProviders
from araldo.images.providers.base import PictureRequest
from araldo.images.providers.openai import OpenAI
from araldo.images.spec import ImageSpec
from tests.images.pictures import encode_picture, quarters
from tests.images.providers.contract import KEY, REQUEST, SPEC, RemoteContract, as_base64
from tests.images.providers.fakes import Reply, json_reply, serving
from tests.support.clock import FakeClock


class TestOpenAI(RemoteContract):
    name = "openai"
    setting = "ARALDO_IMAGES__OPENAI_API_KEY"

    def settings(self, url: str) -> ProviderSettings:
        return ProviderSettings(openai_api_key=KEY, openai_base_url=f"{url}/v1/", openai_model="gpt-x")

    def picture_reply(self, data: bytes) -> Reply:
        return json_reply({"created": 1, "data": [{"b64_json": as_base64(data), "url": None}]})

    async def test_one_picture_that_covers_the_spec_is_requested(self) -> None:
        async with self.serve_replies(self.picture_reply(encode_picture(quarters((160, 90))))) as (providers, fake):
            await providers.generate(self.name, PictureRequest("a horn", "bold", ImageSpec(1200, 675)))
        (asked,) = fake.requests
        assert (asked.method, asked.path) == ("POST", "/v1/images/generations")
        assert asked.headers["authorization"] == f"Bearer {KEY}"
        sent = asked.json()
        assert sent == {
            "model": "gpt-x",
            "prompt": "a horn, bold",
            "n": 1,
            "size": "1200x688",
            "response_format": "b64_json",
        }

    @pytest.mark.parametrize(
        ("status", "code", "kind"),
        [
            (400, "moderation_blocked", "blocked"),
            (400, "content_policy_violation", "blocked"),
            (400, "billing_hard_limit_reached", "quota"),
            (429, "insufficient_quota", "quota"),
            (429, "rate_limit_exceeded", "rate_limited"),
            (400, "unknown_parameter", "unavailable"),
        ],
    )
    async def test_the_error_code_is_more_specific_than_the_status(self, status: int, code: str, kind: str) -> None:
        error = await self.generate_failing(json_reply({"error": {"message": "no", "type": "x", "code": code}}, status))
        assert error.code == kind
        assert isinstance(error, TryLater if kind == "rate_limited" else Rejected)

    async def test_an_allowed_url_is_fetched(self) -> None:
        async with self.serve_replies(self.picture_reply(b"")) as (providers, fake):
            fake.files["/made.png"] = web.Response(body=encode_picture(quarters((160, 90))), content_type="image/png")
            fake.replies = [json_reply({"data": [{"url": f"{fake.url}/made.png"}]})]
            finished = await providers.generate(self.name, REQUEST)
        assert SPEC.problem_with(finished.data) is None

    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("http://169.254.169.254/latest/meta-data", "bad_response"),
            ("http://127.0.0.1:1/made.png", "bad_response"),
            ("file:///etc/passwd", "bad_response"),
            ("https://nowhere.invalid/made.png", "unavailable"),
        ],
    )
    async def test_a_forbidden_url_is_not_fetched(self, url: str, code: str) -> None:
        error = await self.generate_failing(json_reply({"data": [{"url": url}]}))
        assert error.code == code

    async def test_another_base_url_needs_no_key(self) -> None:
        async with serving(self.picture_reply(encode_picture(quarters((160, 90))))) as fake, Http() as http:
            settings = ProviderSettings(openai_base_url=fake.url)
            await ImageProviders(http, settings, FakeClock()).generate(self.name, REQUEST)
            assert "authorization" not in fake.requests[0].headers

    async def test_an_invalid_base_url_is_misconfigured(self) -> None:
        settings = ProviderSettings(openai_base_url="localhost:8080/v1")
        async with Http() as http:
            with pytest.raises(OutsideError) as caught:
                await ImageProviders(http, settings, FakeClock()).generate(self.name, REQUEST)
        assert (caught.value.code, type(caught.value)) == ("unavailable", Rejected)


def test_openai_needs_a_key() -> None:
    assert OpenAI.missing_setting(ProviderSettings()) == "ARALDO_IMAGES__OPENAI_API_KEY"
    assert OpenAI.missing_setting(ProviderSettings(openai_base_url="https://api.openai.com/v1/")) is not None
    assert OpenAI.missing_setting(ProviderSettings(openai_api_key="k")) is None
