"""Raw request bodies with any method, the headers of the response, and a secret in the path of a URL."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from araldo.errors import NotSent, OutcomeUnknown
from araldo.http import Http
from araldo.telemetry.observer import Observation, Observer
from tests.support.aiohttp_site import site

SECRET = "123456:AAsecret-in-the-path"


class RecordingObserver(Observer):
    """Keeps everything that is reported of outgoing requests."""

    def __init__(self) -> None:
        self.reported: list[tuple[object, ...]] = []

    def outgoing_request(self, service: str, method: str, host: str) -> Observation:
        return Observation(lambda done, _: self.reported.append((service, method, host, done.outcome)))


async def echo(request: web.Request) -> web.Response:
    sent = await request.read()
    kept = {name: request.headers[name] for name in ("Content-Type", "Content-Length") if name in request.headers}
    headers = {"x-restli-id": "urn:li:share:7", "Location": "/made/7", "Retry-After": "17"}
    return web.json_response({"method": request.method, "body": sent.hex(), **kept}, status=201, headers=headers)


async def drop(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http(timeout_s=2) as opened:
        yield opened


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_bytes_are_sent_as_they_are_by_any_method(http: Http, method: str) -> None:
    body = bytes(range(256)) * 5_000
    async with site(echo) as url:
        answer = await http.call(method, url, service="made_up", body=body, headers={"Content-Type": "image/jpeg"})
    said = answer.json()
    assert (said["method"], said["Content-Type"], said["Content-Length"]) == (method, "image/jpeg", str(len(body)))
    assert bytes.fromhex(said["body"]) == body


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "6"}])
async def test_a_stream_is_sent_in_pieces(http: Http, headers: dict[str, str]) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    async with site(echo) as url:
        said = (await http.call("PUT", url, service="made_up", body=pieces(), headers=headers)).json()
    assert bytes.fromhex(said["body"]) == b"onetwo"
    assert said.get("Content-Length") == headers.get("Content-Length")


async def test_a_stream_that_fails_leaves_the_outcome_unknown(http: Http) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        raise ValueError(SECRET)

    async with site(echo) as url:
        with pytest.raises(OutcomeUnknown) as caught:
            await http.call("PUT", url, service="made_up", body=pieces())
    assert SECRET not in "".join(traceback.format_exception(caught.value))


async def test_an_empty_body_is_a_body(http: Http) -> None:
    async with site(echo) as url:
        assert (await http.call("PUT", url, service="made_up", body=b"")).json()["Content-Length"] == "0"


async def test_the_headers_of_a_response_can_be_read(http: Http) -> None:
    async with site(echo) as url:
        answer = await http.call("POST", url, service="made_up", json={})
    assert (answer.status, answer.headers["X-RestLi-Id"], answer.headers["location"]) == (
        201,
        "urn:li:share:7",
        "/made/7",
    )
    assert answer.headers["Retry-After"] == "17"


async def test_a_secret_in_the_path_is_in_no_error_and_no_observation(caplog: pytest.LogCaptureFixture) -> None:
    observer = RecordingObserver()
    async with Http(timeout_s=2, observer=observer) as http, site(drop) as url:
        for base, kind in ((url, OutcomeUnknown), ("http://127.0.0.1:9", NotSent), ("http://no host", Exception)):
            with pytest.raises(kind) as caught:
                await http.call("POST", f"{base}/bot{SECRET}/sendPhoto", service="made_up", form={"a": "b"})
            assert SECRET not in "".join(traceback.format_exception(caught.value))
            assert SECRET not in repr(vars(caught.value))
    assert len(observer.reported) == 3
    assert SECRET not in repr(observer.reported)
    assert SECRET not in caplog.text
