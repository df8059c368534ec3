"""The contract of every platform: checks that are true, one visible write, errors of the right class."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, Response

from araldo.errors import NotSent, OutcomeUnknown, OutsideError, ReconnectNeeded, TryLater
from araldo.http import Http
from araldo.platforms import PLATFORMS, SERVICES
from araldo.platforms.base import (
    CheckResult,
    Published,
    Ready,
    Repeatable,
    Ticket,
    TicketUnusable,
    UnknownStatus,
    Waiting,
)
from tests.platforms.contract import (
    ODD_ANSWERS,
    Build,
    MovedClock,
    OddAnswer,
    Operation,
    PlatformCase,
    ServiceStage,
    Stages,
    build_case,
    declaration_of,
    find_stage,
    platform_cases,
    publication_for,
)
from tests.support.serving import serve


def marks_of(platform: Build) -> tuple[pytest.MarkDecorator, ...]:
    return (pytest.mark.process,) if find_stage(declaration_of(platform).service).starts_process else ()


CASES = [pytest.param(case, id=name, marks=marks_of(case[0])) for name, case in platform_cases()]


@pytest.fixture(params=CASES)
async def case(request: pytest.FixtureRequest, stages: Stages) -> AsyncIterator[PlatformCase]:
    platform, count = request.param
    stage = stages.get(declaration_of(platform).service)
    async with Http(timeout_s=2, allow=stage.typed_hosts()) as http:
        yield build_case(stage, platform, count, http)


def is_found(case: PlatformCase, finding: CheckResult) -> bool:
    """Return whether a check after a send has found the post; where a platform cannot be asked, does not know it."""
    return isinstance(finding, Published if case.platform.declaration.can_check else UnknownStatus)


async def prepare_ready(case: PlatformCase) -> Ticket:
    ticket = await case.prepare()
    assert isinstance(await case.platform.check(case.destination, ticket), Ready)
    assert case.stage.published() == []
    return case.intent(ticket)


async def check_until_decided(case: PlatformCase, ticket: Ticket) -> CheckResult:
    """Check until the finding is not `Waiting`, for at most a quarter of an hour of the clock."""
    limit_s = case.clock.moved_s + 900
    while True:
        finding = await case.platform.check(case.destination, ticket)
        if not isinstance(finding, Waiting) or case.clock.moved_s > limit_s:
            return finding
        ticket = finding.ticket or ticket
        case.clock.moved_s += finding.after_s or 1


def test_every_service_has_a_stage() -> None:
    services = {declaration_of(platform).service for platform in PLATFORMS}
    assert services == {service.declaration.name for service in SERVICES}
    for service in services:
        assert issubclass(find_stage(service), ServiceStage), f"tests/platforms/{service}/stage.py has no stage"


async def test_a_post_is_published_once_and_check_finds_it(case: PlatformCase) -> None:
    ticket = await prepare_ready(case)
    published = await case.publish(ticket)
    assert published.remote_id is not None
    assert len(case.stage.published()) == 1
    seen = await case.platform.check(case.destination, ticket)
    assert is_found(case, seen)
    assert not isinstance(seen, Published) or seen.remote_id == published.remote_id
    shown = await case.platform.count_visible_pictures(case.destination, published.remote_id)
    assert shown == (len(case.publication.pictures) if case.platform.declaration.can_check else None)
    link = await case.platform.read_permalink(case.destination, published.remote_id)
    assert link is not None
    assert case.stage.is_open(link)


async def test_check_finds_a_post_whose_answer_was_lost(case: PlatformCase) -> None:
    for kind in case.stage.lost_answers:
        case.start_anew()
        ticket = await prepare_ready(case)
        case.stage.lose_answer(kind, "after")
        with pytest.raises(OutcomeUnknown):
            await case.publish(ticket)
        assert len(case.stage.published()) == 1, kind
        finding = await check_until_decided(case, ticket)
        if isinstance(finding, Repeatable):
            # Where a service knows the ticket's key, a repeat is the check: its answer is the post.
            again = await case.publish(case.intent(ticket))
            assert [again.remote_id] == case.stage.published(), kind
        else:
            assert is_found(case, finding), kind


async def test_a_request_that_never_arrived_is_ready_again_only_after_the_check_gap(case: PlatformCase) -> None:
    ticket = await prepare_ready(case)
    case.stage.lose_answer("reset", "before")
    with pytest.raises(OutcomeUnknown):
        await case.publish(ticket)
    assert len(case.stage.published()) == 0
    finding = await case.platform.check(case.destination, ticket)
    if not case.platform.declaration.can_check:
        # Never Ready: the answer of a request that did arrive is lost in the same way.
        assert isinstance(finding, UnknownStatus)
        return
    if isinstance(finding, Waiting) and finding.ticket is None:
        # A request may still be processed, so that the ticket's key is not known yet.
        finding = await check_until_decided(case, ticket)
        assert isinstance(finding, Repeatable)
    if isinstance(finding, Repeatable):
        assert finding.until > case.clock.now()
        await case.publish(case.intent(ticket))
        assert len(case.stage.published()) == 1
        return
    if isinstance(finding, Waiting):
        assert finding.ticket is not None
        assert isinstance(await case.platform.check(case.destination, finding.ticket), Waiting)
        case.clock.moved_s += 31
        ticket, finding = finding.ticket, await case.platform.check(case.destination, finding.ticket)
    assert isinstance(finding, Ready)
    await case.publish(case.intent(ticket))
    assert len(case.stage.published()) == 1


async def test_sending_the_same_ticket_twice_publishes_one_post_where_checks_can_tell(case: PlatformCase) -> None:
    ticket = await prepare_ready(case)
    first = await case.publish(ticket)
    if case.stage.repeat == "another":
        assert not case.platform.declaration.can_check
        assert (await case.publish(case.intent(ticket))).remote_id != first.remote_id
        assert len(case.stage.published()) == 2
        return
    if case.stage.repeat == "refused":
        with pytest.raises((OutcomeUnknown, TryLater)):
            await case.publish(case.intent(ticket))
    else:
        assert await case.publish(case.intent(ticket)) == first
    assert len(case.stage.published()) == 1


async def test_check_never_matches_the_post_of_another_delivery(case: PlatformCase) -> None:
    first = await prepare_ready(case)
    published = await case.publish(first)
    case.publication = replace(case.publication, text="Altro")
    second = case.intent(await case.prepare())
    assert published.remote_id is not None
    owned = replace(case.destination, excluded_ids=frozenset({published.remote_id}))
    assert not isinstance(await case.platform.check(owned, second), Published)


async def test_too_late_to_send_sends_nothing(case: PlatformCase) -> None:
    ticket = replace(await prepare_ready(case), send_before=case.clock.now() - timedelta(seconds=1))
    with pytest.raises(NotSent):
        await case.publish(ticket)
    assert len(case.stage.published()) == 0


async def test_a_revoked_token_raises_reconnect_needed(case: PlatformCase) -> None:
    ticket = await prepare_ready(case)
    case.stage.end_access(case.destination)
    with pytest.raises(ReconnectNeeded):
        await case.publish(ticket)
    with pytest.raises(ReconnectNeeded):
        await case.prepare()


async def test_an_unusable_ticket_is_found_before_it_is_sent(case: PlatformCase) -> None:
    ticket = await case.prepare()
    if case.stage.make_unusable(ticket):
        assert isinstance(await case.platform.check(case.destination, ticket), TicketUnusable)
    else:
        assert isinstance(await case.platform.check(case.destination, ticket), Ready)
    assert case.stage.published() == []


async def test_a_ticket_survives_json(case: PlatformCase) -> None:
    ticket = case.intent(await case.prepare())
    assert Ticket.from_json(json.loads(json.dumps(ticket.as_json()))) == ticket


@dataclass
class Gateway:
    """A server that gives every request the same answer, and counts them."""

    url: str = ""
    status: int = 200
    body: str = "{}"
    requests: int = 0
    app: FastAPI = field(default_factory=FastAPI)

    def __post_init__(self) -> None:
        @self.app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE"])
        async def answer(path: str) -> Response:
            self.requests += 1
            return Response(self.body, self.status, media_type="application/json")


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    with serve(gateway.app) as url:
        gateway.url = url
        yield gateway


@dataclass
class OddCase:
    """One platform as a client of a server that answers oddly."""

    gateway: Gateway
    case: PlatformCase
    sent: Ticket

    async def raised(self, operation: Operation, answer: OddAnswer) -> type[OutsideError] | None:
        """Return the class of what an operation raises when everything is answered so."""
        self.gateway.status, self.gateway.body = answer
        self.gateway.requests = 0
        try:
            if operation == "prepare":
                await self.case.prepare()
            elif operation == "check":
                await self.case.platform.check(self.case.destination, self.sent)
            else:
                await self.case.publish(self.case.intent(self.sent))
        except OutsideError as error:
            return type(error)
        return None

    async def all_raised(self, operation: Operation) -> dict[OddAnswer, type[OutsideError] | None]:
        """Return what each odd answer makes an operation raise, of those that made it ask the server."""
        answers = (*ODD_ANSWERS, *self.case.stage.odd_answers.get(operation, ()))
        raised = {answer: await self.raised(operation, answer) for answer in answers}
        return raised if self.gateway.requests else {}


@pytest.fixture(params=[pytest.param(platform, id=declaration_of(platform).name) for platform in PLATFORMS])
async def odd(request: pytest.FixtureRequest, gateway: Gateway) -> AsyncIterator[OddCase]:
    build: Build = request.param
    declared = declaration_of(build)
    # Not started: the gateway stands for the server.
    stage = find_stage(declared.service).on_gateway()
    async with Http(timeout_s=5, allow=(urlsplit(gateway.url).netloc,)) as http:
        clock = MovedClock()
        platform = stage.build(build, http, clock, url=gateway.url)
        publication = publication_for(declared, 1, gateway.url)
        destination = stage.destination(declared, url=gateway.url)
        sent = replace(stage.sent_ticket(declared, publication), sent_since=clock.now(), sends=1)
        yield OddCase(gateway, PlatformCase(platform, destination, publication, stage, clock), sent)


async def test_publish_never_takes_an_odd_answer_for_success(odd: OddCase) -> None:
    raised = await odd.all_raised("publish")
    assert {answer: error for answer, error in raised.items() if error is not OutcomeUnknown} == {}
    assert raised


async def test_prepare_never_takes_an_odd_answer_for_success(odd: OddCase) -> None:
    raised = await odd.all_raised("prepare")
    assert {answer: error for answer, error in raised.items() if error is not TryLater} == {}


async def test_check_never_takes_an_odd_answer_for_an_empty_list(odd: OddCase) -> None:
    raised = await odd.all_raised("check")
    assert {answer: error for answer, error in raised.items() if error is not TryLater} == {}


async def test_secrets_are_removed_from_a_recorded_answer(odd: OddCase) -> None:
    secrets = odd.case.stage.secrets(odd.case.destination)
    odd.gateway.status, odd.gateway.body = 400, odd.case.stage.refusal(" and ".join(secrets))
    with pytest.raises(OutsideError) as refusal:
        await odd.case.publish(odd.case.intent(odd.sent))
    assert refusal.value.raw is not None
    assert "[struck out] and" in refusal.value.raw or len(secrets) == 1
    for secret in secrets:
        assert secret not in repr(refusal.value.as_json())


async def test_counting_pictures_never_raises(odd: OddCase) -> None:
    for status, body in (*ODD_ANSWERS, *odd.case.stage.odd_counts):
        odd.gateway.status, odd.gateway.body = status, body
        assert await odd.case.platform.count_visible_pictures(odd.case.destination, "5") in {None, 0, 1}
        assert await odd.case.platform.read_permalink(odd.case.destination, "5") is None
