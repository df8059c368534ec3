"""The contract of every image provider; a provider's test subclasses one of these classes."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from PIL import Image

from araldo.errors import OutsideError, Rejected, TryLater
from araldo.http import Http
from araldo.images.provider_settings import ProviderSettings
from araldo.images.providers import FinishedPicture, ImageProviders, ProviderUnavailable, failures
from araldo.images.providers.base import PictureRequest
from araldo.images.spec import ImageSpec
from tests.images.pictures import encode_picture, noise, quarters
from tests.images.providers.fakes import FakeServer, Reply, json_reply, reply_with, serving
from tests.support.clock import FakeClock

KEY = "key-sesame-3000"
SPEC = ImageSpec(120, 68, max_bytes=60_000)
REQUEST = PictureRequest("a herald's horn", "professional", SPEC, base_prompt="Studio Demo", suffix="wide")

_SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'
_ODD: list[Any] = [
    *([], {}, None, 3, "x", [[]], {"data": None}, {"data": []}, {"data": {}}, {"data": [None]}, {"data": [{}]}),
    *({"data": [{"b64_json": 7}]}, {"data": [{"b64_json": "%%%"}]}, {"data": [{"url": 7}]}, {"candidates": []}),
    *({"candidates": 1}, {"candidates": [{"content": None}]}, {"candidates": [{"content": {"parts": [7, {}]}}]}),
    {"candidates": [{"content": {"parts": [{"inlineData": {"data": 5}}]}}]},
]


class ProviderContract:
    """`name`: the provider's; `settings`: settings with which it can be used."""

    name: str

    def settings(self, url: str) -> ProviderSettings:
        raise NotImplementedError

    @asynccontextmanager
    async def serve_replies(self, *replies: Reply) -> AsyncIterator[tuple[ImageProviders, FakeServer]]:
        async with serving(*replies) as fake, Http(allow=[fake.host_and_port]) as http:
            yield ImageProviders(http, self.settings(fake.url), FakeClock(short_s=60)), fake

    async def generate_failing(self, *replies: Reply) -> OutsideError:
        """Return the error for these replies, after checking that it names the service and hides the key."""
        async with self.serve_replies(*replies) as (providers, fake):
            with pytest.raises(OutsideError) as caught:
                await providers.generate(self.name, REQUEST)
        error = caught.value
        soon = isinstance(error, TryLater) and error.after_s <= 10 and error.code in {"rate_limited", "unavailable"}
        assert len(fake.requests) == (3 if soon else 1), "temporary failures are retried twice, others never"
        assert caught.value.service == self.name
        assert KEY not in repr(caught.value.as_json())
        assert self.name in caught.value.message.to("en")
        assert self.name in caught.value.message.to("it")
        return caught.value


class RemoteContract(ProviderContract):
    """The contract of HTTP providers; `picture_reply` puts a picture into the service's kind of answer."""

    setting: str
    # A server may repeat the key in its answer; a provider without a key cannot recognise it.
    key_in_answers = KEY

    def picture_reply(self, data: bytes) -> Reply:
        raise NotImplementedError

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    async def test_the_picture_meets_the_spec_exactly(self, kind: str) -> None:
        async with self.serve_replies(self.picture_reply(encode_picture(quarters((137, 77)), kind))) as (providers, _):
            finished = await providers.generate(self.name, REQUEST)
        assert isinstance(finished, FinishedPicture)
        assert SPEC.problem_with(finished.data) is None
        assert (finished.width, finished.height, finished.provider) == (120, 68, self.name)
        assert finished.fallback_reason is None

    @pytest.mark.parametrize(
        ("status", "code", "kind"),
        [
            (401, "auth", Rejected),
            (402, "quota", Rejected),
            (403, "auth", Rejected),
            (404, "unavailable", Rejected),
            (301, "unavailable", Rejected),
            (429, "rate_limited", TryLater),
            (500, "unavailable", TryLater),
            (503, "unavailable", TryLater),
            (504, "timeout", TryLater),
        ],
    )
    async def test_a_status_becomes_a_kind(self, status: int, code: str, kind: type[OutsideError]) -> None:
        error = await self.generate_failing(reply_with(f"no, {self.key_in_answers}!".encode(), "text/plain", status))
        assert (error.code, type(error)) == (code, kind)
        assert error.raw is not None
        assert error.raw.startswith(f"HTTP {status}: no, ")

    async def test_retry_after_is_respected(self) -> None:
        for header, seconds in (("77", 77.0), ("0", 1.0), ("999999", 3600.0), ("soon", 1.0)):
            error = await self.generate_failing(reply_with(b"{}", status=429, Retry_After=header))
            assert isinstance(error, TryLater)
            assert error.after_s == seconds

    async def test_an_answer_that_is_no_picture_is_a_bad_response(self) -> None:
        truncated = encode_picture(noise("RGB", (200, 200)), "JPEG")[:5000]
        for data in (_SVG, b"<html>busy</html>", b"", b"\xff\xd8\xff", truncated):
            assert (await self.generate_failing(self.picture_reply(data))).code == "bad_response"

    async def test_html_or_malformed_json_with_status_200_is_a_bad_response(self) -> None:
        for reply in (
            reply_with(b"<html>login</html>", "text/html"),
            reply_with(b""),
            reply_with(b"[" * 50_000),
            reply_with(_SVG, "image/svg+xml"),
        ):
            assert (await self.generate_failing(reply)).code == "bad_response"
        for odd in _ODD:
            assert (await self.generate_failing(json_reply(odd))).code == "bad_response"

    async def test_a_picture_of_too_many_pixels_is_a_bad_response(self) -> None:
        bomb = encode_picture(Image.new("1", (9000, 9000)))
        assert (await self.generate_failing(self.picture_reply(bomb))).code == "bad_response"

    async def test_an_answer_above_the_size_limit_is_a_bad_response(self) -> None:
        error = await self.generate_failing(reply_with(bytes(failures.MAX_ANSWER + 1)))
        assert error.code == "bad_response"

    async def test_an_endless_answer_is_cut_off(self) -> None:
        async with self.serve_replies() as (providers, fake):
            fake.pieces = [bytes(1_000_000)] * 400
            with pytest.raises(OutsideError) as caught:
                await providers.generate(self.name, REQUEST)
            assert fake.pieces_sent < 400
        assert caught.value.code == "bad_response"

    async def test_a_slow_answer_ends_with_the_total_timeout(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(failures, "GENERATION_TIMEOUT_S", 0.3)
        async with self.serve_replies() as (providers, fake):
            fake.pieces, fake.pause_s = [b"{"] * 1000, 0.02
            with pytest.raises(OutsideError) as caught:
                await providers.generate(self.name, REQUEST)
            assert len(fake.requests) == 1
        assert caught.value.code == "timeout"

    async def test_a_temporary_failure_is_retried(self) -> None:
        good = self.picture_reply(encode_picture(quarters((160, 90))))
        async with self.serve_replies(reply_with(b"", status=503), reply_with(b"", status=429), good) as (
            providers,
            fake,
        ):
            finished = await providers.generate(self.name, REQUEST)
            assert len(fake.requests) == 3
            assert fake.requests[0].body == fake.requests[2].body
        assert finished.provider == self.name

    async def test_no_answer_is_a_timeout(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(failures, "GENERATION_TIMEOUT_S", 0.2)
        async with serving() as fake, Http() as http:
            fake.silent = True
            with pytest.raises(OutsideError) as caught:
                await ImageProviders(http, self.settings(fake.url), FakeClock()).generate(self.name, REQUEST)
        assert caught.value.code == "timeout"

    async def test_a_refused_connection_is_unavailable(self) -> None:
        async with serving() as gone:
            url = gone.url
        async with Http() as http:
            with pytest.raises(TryLater) as caught:
                await ImageProviders(http, self.settings(url), FakeClock(short_s=60)).generate(self.name, REQUEST)
        assert (caught.value.code, caught.value.service) == ("unavailable", self.name)

    async def test_without_its_setting_no_request_is_sent(self) -> None:
        async with Http() as http:
            providers = ImageProviders(http, ProviderSettings(), FakeClock())
            assert providers.missing_setting(self.name) == self.setting
            with pytest.raises(ProviderUnavailable) as caught:
                await providers.generate(self.name, REQUEST)
        assert caught.value.code == "provider_not_configured"
        assert self.setting in caught.value.message.to("en")
        assert self.setting in caught.value.message.to("it")

    async def test_the_key_is_not_in_the_settings_repr(self) -> None:
        assert KEY not in repr(self.settings("http://127.0.0.1:1"))


def as_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
