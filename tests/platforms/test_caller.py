"""The shared caller: what a lost answer means, the send gate, Retry-After, and secrets in no record."""

from __future__ import annotations

import json
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from araldo.clock import SystemClock
from araldo.errors import NotSent, OutcomeUnknown, Rejected, TryLater
from araldo.http import Http
from araldo.platforms.base import Ready, Ticket, Waiting
from araldo.platforms.caller import ServiceCaller, is_remote_id, parse_retry_after
from araldo.platforms.empty_checks import confirm_absence
from tests.support.aiohttp_site import site

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SECRET = '123:AA/b+c d"e'


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http(timeout_s=1) as opened:
        yield opened


def caller_of(http: Http, *, typed_hosts: bool = False) -> ServiceCaller:
    return ServiceCaller(http, SystemClock(), "made_up", typed_hosts=typed_hosts)


async def drop(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def test_a_lost_answer_is_try_later_where_nothing_is_visible_and_unknown_where_it_is(http: Http) -> None:
    caller, soon = caller_of(http), datetime.now(UTC) + timedelta(seconds=30)
    async with site(drop) as url:
        with pytest.raises(TryLater) as invisible:
            await caller.call("POST", url, json={})
        with pytest.raises(OutcomeUnknown):
            await caller.send_visible_write("POST", url, send_before=soon, json={})
    assert not isinstance(invisible.value, NotSent)
    # A delivery that ends with it was never sent: the reason must not say that it may be out.
    assert invisible.value.message.key == "failures.unavailable"


async def test_nothing_is_sent_after_send_before(http: Http) -> None:
    asked: list[str] = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({})

    async with site(note) as url:
        with pytest.raises(NotSent):
            await caller_of(http).send_visible_write("PUT", url, send_before=datetime.now(UTC), body=b"x")
        with pytest.raises(ValueError, match="send_before"):
            await caller_of(http).send_visible_write("PUT", url, send_before=None)
    assert asked == []


async def test_an_answer_has_its_json_and_headers_whatever_its_status(http: Http) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.json_response({"error": "slow down"}, status=429, headers={"Retry-After": "17", "x-id": "7"})

    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<html>")

    async with site(refuse) as url:
        answer = await caller_of(http).call("GET", url)
    assert (answer.status, answer.fields, answer.retry_after_s) == (429, {"error": "slow down"}, 17)
    assert answer.headers["X-Id"] == "7"
    async with site(page) as url:
        answer = await caller_of(http).call("GET", url)
    assert (answer.value, answer.fields, answer.raw) == (None, None, "HTTP 200: <html>")


async def test_a_secret_that_was_sent_is_redacted_in_every_shape(http: Http) -> None:
    async def repeat(request: web.Request) -> web.Response:
        said = {"path": request.raw_path, "token": SECRET, "form": (await request.text())}
        return web.json_response(said, status=400)

    async with site(repeat) as url:
        answer = await caller_of(http).call("POST", f"{url}/bot{SECRET}/x", secrets=[SECRET], form={"token": SECRET})
    for shape in (SECRET, "123%3AAA", "AA/b", "b+c", json.dumps(SECRET)[1:-1]):
        assert shape not in answer.raw
    assert answer.raw.count("[struck out]") == 3


async def test_a_secret_in_the_path_is_in_no_error(http: Http) -> None:
    caller, soon = caller_of(http), datetime.now(UTC) + timedelta(seconds=30)
    async with site(drop) as url:
        for call in (
            caller.call("POST", f"{url}/bot{SECRET}/x", secrets=[SECRET]),
            caller.send_visible_write("POST", f"{url}/bot{SECRET}/x", send_before=soon, secrets=[SECRET]),
        ):
            with pytest.raises((TryLater, OutcomeUnknown)) as caught:
                await call
            assert SECRET not in "".join(traceback.format_exception(caught.value))
            assert SECRET not in repr(caught.value.as_json())


async def test_typed_hosts_are_guarded(http: Http) -> None:
    with pytest.raises(Rejected) as caught:
        await caller_of(http, typed_hosts=True).call("GET", "https://127.0.0.1/")
    assert caught.value.code == "address_not_public"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("17", 17),
        (" 0 ", 0),
        ("Sun, 29 Nov 2026 12:01:00 GMT", 60),
        ("Sun, 29 Nov 2026 11:00:00 GMT", 0),
        ("999999999999", 86_400),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("Sun, 29 Nov 2026 12:01:00 -0000", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    assert parse_retry_after(text, NOW) == seconds


def test_two_empty_checks_a_gap_apart_mean_that_nothing_was_published() -> None:
    first = confirm_absence(Ticket("Ciao"), now=NOW, gap_s=30)
    assert isinstance(first, Waiting)
    assert (first.after_s, first.ticket) == (30, Ticket("Ciao", empty_read_at=NOW))
    assert first.ticket is not None
    second = confirm_absence(first.ticket, now=NOW + timedelta(seconds=10), gap_s=30)
    assert second == Waiting(after_s=20)
    assert confirm_absence(first.ticket, now=NOW + timedelta(seconds=30), gap_s=30) == Ready()


@pytest.mark.parametrize(
    ("value", "is_id"), [("7", True), (7, True), ("", False), (0, False), (True, False), ({}, False)]
)
def test_what_can_be_an_id(value: object, is_id: bool) -> None:
    assert is_remote_id(value) is is_id
