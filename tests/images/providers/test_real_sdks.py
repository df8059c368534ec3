"""Compare our requests and results with those of the vendors' own SDKs, against the same fake server.

The SDKs are imported by the tests that use them: each worker of a run imports all files, and these take half a second.
"""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any

import pytest

from araldo.errors import OutsideError
from araldo.http import Http
from araldo.images.provider_settings import ProviderSettings
from araldo.images.providers import ImageProviders
from araldo.images.providers.base import PictureRequest
from tests.images.pictures import encode_picture, quarters
from tests.images.providers.contract import KEY, REQUEST
from tests.images.providers.fakes import FakeServer, RecordedRequest, Reply, json_reply, serving
from tests.images.providers.test_google import TestGoogle as Google
from tests.images.providers.test_openai import TestOpenAI as OpenAI
from tests.images.providers.test_pollinations import TestWithAKey as Pollinations
from tests.support.clock import FakeClock

if TYPE_CHECKING:
    from google.genai import types

PICTURE = encode_picture(quarters((160, 90)))


async def ours(fake: FakeServer, settings: ProviderSettings, name: str, request: PictureRequest = REQUEST) -> str:
    """Return `made`, or the kind of failure."""
    async with Http(allow=[fake.host_and_port]) as http:
        try:
            await ImageProviders(http, settings, FakeClock(short_s=60)).generate(name, request)
        except OutsideError as failure:
            return failure.code
    return "made"


def the_same(mine: RecordedRequest, theirs: RecordedRequest) -> Any:
    """Return what both sent, after checking that it is equal."""
    assert (mine.method, mine.path.partition("?")[0]) == (theirs.method, theirs.path.partition("?")[0])
    assert mine.json() == theirs.json()
    return theirs.json()


def _by_google(url: str, seed: int) -> types.GenerateContentResponse:
    from google import genai
    from google.genai import types

    # By default newer versions use /v1/ and older ones /v1beta/.
    options = types.HttpOptions(base_url=url, api_version="v1beta", timeout=20_000)
    with genai.Client(api_key=KEY, http_options=options) as client:
        return client.models.generate_content(
            model="gemini-x",
            contents=REQUEST.remote_prompt,
            config=types.GenerateContentConfig(
                response_modalities=["IMAGE"],
                image_config=types.ImageConfig(aspect_ratio="16:9", image_size="1K"),
                seed=seed,
            ),
        )


async def by_google(fake: FakeServer, seed: int) -> types.GenerateContentResponse:
    # Not the asynchronous client, whose use of aiohttp causes warnings.
    return await asyncio.to_thread(_by_google, fake.url, seed)


async def test_google_requests_and_answers_match_its_sdk() -> None:
    it = Google()
    async with serving(it.picture_reply(PICTURE)) as fake:
        assert await ours(fake, it.settings(fake.url), it.name) == "made"
        answer = await by_google(fake, REQUEST.seed)
        mine, theirs = fake.requests
    the_same(mine, theirs)
    assert mine.headers["x-goog-api-key"] == theirs.headers["x-goog-api-key"] == KEY
    assert [part.inline_data.data for part in answer.parts or [] if part.inline_data] == [PICTURE]


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, 200, "blocked"),
        ({"candidates": [{"finishReason": "IMAGE_SAFETY"}]}, 200, "blocked"),
        ({"error": {"code": 429, "message": "no billing", "status": "RESOURCE_EXHAUSTED"}}, 429, "rate_limited"),
        ({"error": {"code": 403, "message": "no", "status": "PERMISSION_DENIED"}}, 403, "auth"),
    ],
)
async def test_google_errors_match_its_sdk(said: Any, status: int, code: str) -> None:
    from google.genai import errors, types

    it = Google()
    async with serving(json_reply(said, status)) as fake:
        assert await ours(fake, it.settings(fake.url), it.name) == code
        if status == 200:
            answer = await by_google(fake, REQUEST.seed)
            feedback, candidates = answer.prompt_feedback, answer.candidates or []
            assert (feedback and feedback.block_reason) or candidates[
                0
            ].finish_reason == types.FinishReason.IMAGE_SAFETY
            assert not any(part.inline_data for part in answer.parts or [])
        else:
            with pytest.raises(errors.ClientError) as caught:
                await by_google(fake, REQUEST.seed)
            assert caught.value.code == status


async def by_openai(base_url: str, sent: dict[str, Any]) -> bytes:
    import openai

    async with openai.AsyncOpenAI(api_key=KEY, base_url=base_url, max_retries=0, timeout=20) as client:
        extra = {name: sent[name] for name in sent if name == "seed"}
        said = await client.images.generate(**{k: sent[k] for k in sent if k not in extra}, extra_body=extra or None)
    assert said.data is not None
    return base64.b64decode(said.data[0].b64_json or "")


@pytest.mark.parametrize("it", [OpenAI(), Pollinations()], ids=["openai", "pollinations"])
async def test_the_images_api_request_matches_openais_sdk(it: OpenAI | Pollinations) -> None:
    async with serving(it.picture_reply(PICTURE)) as fake:
        assert await ours(fake, it.settings(fake.url), it.name) == "made"
        assert await by_openai(f"{fake.url}/v1", fake.requests[0].json()) == PICTURE
        mine, theirs = fake.requests
    assert the_same(mine, theirs)["prompt"] == REQUEST.remote_prompt
    assert mine.headers["authorization"] == theirs.headers["authorization"] == f"Bearer {KEY}"


def error_reply(status: int, code: str | None) -> Reply:
    return json_reply({"error": {"message": "no", "type": "x", "param": None, "code": code}}, status)


@pytest.mark.parametrize(
    ("status", "code", "kind", "theirs"),
    [
        (401, "invalid_api_key", "auth", "AuthenticationError"),
        (400, "moderation_blocked", "blocked", "BadRequestError"),
        (429, "insufficient_quota", "quota", "RateLimitError"),
        (429, "rate_limit_exceeded", "rate_limited", "RateLimitError"),
        (404, "model_not_found", "unavailable", "NotFoundError"),
        (500, None, "unavailable", "InternalServerError"),
    ],
)
@pytest.mark.parametrize("it", [OpenAI(), Pollinations()], ids=["openai", "pollinations"])
async def test_error_codes_match_openais_sdk(
    it: OpenAI | Pollinations, status: int, code: str | None, kind: str, theirs: str
) -> None:
    import openai

    async with serving(error_reply(status, code)) as fake:
        assert await ours(fake, it.settings(fake.url), it.name) == kind
        with pytest.raises(getattr(openai, theirs)) as caught:
            await by_openai(f"{fake.url}/v1", fake.requests[0].json())
    assert caught.value.code == code
