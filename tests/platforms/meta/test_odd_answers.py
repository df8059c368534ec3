"""Answers that are JSON but not the Graph API's, or name no id: none of them counts as success."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI, Response

from araldo.clock import SystemClock
from araldo.errors import OutcomeUnknown, Rejected, TryLater
from araldo.http import Http
from araldo.platforms import PLATFORMS
from araldo.platforms.base import Destination, Picture, Platform, PlatformContext, Publication, Service, Ticket
from tests.platforms.meta.conftest import jpeg
from tests.support.serving import serve

DESTINATION = Destination("1", "token")
SENT = Ticket("Ciao", ("5",), sent_since=datetime.now(UTC), sends=1)
UNUSABLE_ANSWERS = [
    (502, "{}"),
    (503, '{"message": "no upstream"}'),
    (302, '{"id": "7", "post_id": "7"}'),
    (200, "{}"),
    (200, '{"id": null, "post_id": null}'),
    (200, '{"id": "", "post_id": ""}'),
    (200, '{"id": {"a": 1}, "post_id": ["7"]}'),
    (200, '{"id": true, "post_id": true}'),
    (200, '{"success": false, "id": "7", "post_id": "7"}'),
]


@dataclass
class Gateway:
    """A server that gives every request the same answer."""

    status: int = 200
    body: str = "{}"
    app: FastAPI = field(default_factory=FastAPI)

    def __post_init__(self) -> None:
        @self.app.api_route("/{path:path}", methods=["GET", "POST"])
        async def answer(path: str) -> Response:
            return Response(self.body, self.status, media_type="application/json")


PlatformAndGateway = tuple[Platform, Gateway]


@pytest.fixture(params=PLATFORMS, ids=lambda platform: platform.declaration.name)
async def platform_and_gateway(request: pytest.FixtureRequest) -> AsyncIterator[PlatformAndGateway]:
    gateway = Gateway()
    with serve(gateway.app) as url:
        async with Http(timeout_s=5) as http:
            services = {"meta": Service(url, "v26.0", True, app_secret="not-for-you")}
            build: Callable[[PlatformContext], Platform] = request.param
            yield build(PlatformContext(http, SystemClock(), services)), gateway


@pytest.mark.parametrize(("status", "body"), UNUSABLE_ANSWERS)
async def test_publish_never_takes_an_unusable_answer_for_success(
    platform_and_gateway: PlatformAndGateway, status: int, body: str
) -> None:
    platform, gateway = platform_and_gateway
    gateway.status, gateway.body = status, body
    with pytest.raises(OutcomeUnknown):
        await platform.publish(DESTINATION, replace(SENT, send_before=datetime.now(UTC) + timedelta(seconds=30)))


@pytest.mark.parametrize(("status", "body"), UNUSABLE_ANSWERS[:-1])
async def test_prepare_never_takes_an_unusable_answer_for_success(
    platform_and_gateway: PlatformAndGateway, status: int, body: str
) -> None:
    platform, gateway = platform_and_gateway
    gateway.status, gateway.body = status, body
    with pytest.raises(TryLater):
        await platform.prepare(
            DESTINATION, Publication("Ciao", (Picture(jpeg(10, 10), "http://127.0.0.1/1.jpg", 10, 10),))
        )


@pytest.mark.parametrize(
    ("status", "body"),
    [(502, "{}"), (502, '{"data": [], "status_code": "FINISHED"}'), (200, '{"status_code": "FINISHED", "data": null}')],
)
async def test_check_never_takes_an_unusable_answer_for_an_empty_list(
    platform_and_gateway: PlatformAndGateway, status: int, body: str
) -> None:
    platform, gateway = platform_and_gateway
    gateway.status, gateway.body = status, body
    with pytest.raises(TryLater):
        await platform.check(DESTINATION, SENT)


async def test_secrets_are_removed_from_a_recorded_answer(platform_and_gateway: PlatformAndGateway) -> None:
    platform, gateway = platform_and_gateway
    gateway.status, gateway.body = 400, '{"error": {"code": 100, "message": "odd-token and 1|not-for-you"}}'
    with pytest.raises(Rejected) as refusal:
        await platform.publish(
            replace(DESTINATION, token="odd-token"),
            replace(SENT, send_before=datetime.now(UTC) + timedelta(seconds=30)),
        )
    assert refusal.value.raw is not None
    assert "[struck out] and 1|[struck out]" in refusal.value.raw


@pytest.mark.parametrize(
    "body",
    ["{}", '{"children": null}', '{"children": []}', '{"children": {"data": 7}}', '{"attachments": {"data": null}}'],
)
async def test_counting_pictures_never_raises(platform_and_gateway: PlatformAndGateway, body: str) -> None:
    platform, gateway = platform_and_gateway
    gateway.body = body
    assert await platform.count_visible_pictures(DESTINATION, "5") in {None, 0, 1}
