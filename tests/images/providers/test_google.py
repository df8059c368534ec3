"""Google's provider against its wire format."""

from __future__ import annotations

from typing import Any

import pytest

from araldo.errors import Rejected
from araldo.images.provider_settings import ProviderSettings
from araldo.images.providers.base import PictureRequest
from araldo.images.providers.google import Google
from araldo.images.spec import ImageSpec
from tests.images.pictures import encode_picture, quarters
from tests.images.providers.contract import KEY, REQUEST, RemoteContract, as_base64
from tests.images.providers.fakes import Reply, json_reply


class TestGoogle(RemoteContract):
    name = "google"
    setting = "ARALDO_IMAGES__GOOGLE_API_KEY"

    def settings(self, url: str) -> ProviderSettings:
        return ProviderSettings(google_api_key=KEY, google_model="gemini-x", google_base_url=url)

    def picture_reply(self, data: bytes) -> Reply:
        parts = [{"text": "Here it is"}, {"inlineData": {"mimeType": "image/png", "data": as_base64(data)}}]
        return json_reply({"candidates": [{"content": {"parts": parts, "role": "model"}, "finishReason": "STOP"}]})

    async def test_one_picture_of_the_nearest_ratio_is_requested(self) -> None:
        async with self.serve_replies(self.picture_reply(encode_picture(quarters((160, 90))))) as (providers, fake):
            await providers.generate(self.name, REQUEST)
        (asked,) = fake.requests
        assert (asked.method, asked.path) == ("POST", "/v1beta/models/gemini-x:generateContent")
        assert asked.headers["x-goog-api-key"] == KEY
        sent = asked.json()
        assert sent["contents"][0]["parts"] == [{"text": "Studio Demo, a herald's horn, professional, wide"}]
        assert sent["generationConfig"]["responseModalities"] == ["IMAGE"]
        assert sent["generationConfig"]["imageConfig"] == {"aspectRatio": "16:9", "imageSize": "1K"}

    @pytest.mark.parametrize(
        ("size", "ratio", "scale"),
        [
            ((1200, 675), "16:9", "1K"),
            ((1080, 1080), "1:1", "2K"),
            ((1080, 1350), "4:5", "2K"),
            ((1080, 1920), "9:16", "2K"),
            ((1200, 628), "16:9", "1K"),
            ((514, 1200), "9:16", "1K"),
        ],
    )
    async def test_the_requested_ratio_is_supported_by_the_model(
        self, size: tuple[int, int], ratio: str, scale: str
    ) -> None:
        async with self.serve_replies(self.picture_reply(encode_picture(quarters((90, 90))))) as (providers, fake):
            finished = await providers.generate(self.name, PictureRequest("x", "", ImageSpec(*size)))
        assert fake.requests[0].json()["generationConfig"]["imageConfig"] == {"aspectRatio": ratio, "imageSize": scale}
        assert (finished.width, finished.height) == size

    @pytest.mark.parametrize(
        "said",
        [
            {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}},
            {"candidates": [{"finishReason": "IMAGE_SAFETY"}]},
            {"candidates": [{"content": {"parts": [{"text": "I cannot"}]}, "finishReason": "SAFETY"}]},
        ],
    )
    async def test_a_safety_block_with_status_200_is_blocked(self, said: dict[str, Any]) -> None:
        error = await self.generate_failing(json_reply(said))
        assert (error.code, type(error)) == ("blocked", Rejected)

    async def test_no_picture_and_no_reason_is_a_bad_response(self) -> None:
        said = {"candidates": [{"content": {"parts": [{"text": "A horn."}]}, "finishReason": "STOP"}]}
        assert (await self.generate_failing(json_reply(said))).code == "bad_response"

    async def test_a_bad_key_with_status_400_is_auth(self) -> None:
        details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
        error = await self.generate_failing(
            json_reply({"error": {"code": 400, "status": "INVALID_ARGUMENT", "details": details}}, 400)
        )
        assert (error.code, type(error)) == ("auth", Rejected)
        other = await self.generate_failing(json_reply({"error": {"code": 400, "status": "INVALID_ARGUMENT"}}, 400))
        assert (other.code, type(other)) == ("unavailable", Rejected)


def test_google_needs_a_key() -> None:
    assert Google.missing_setting(ProviderSettings(google_api_key="k")) is None
