"""Statuses on the sandbox's instance: pictures that are processed, answers that are lost, keys, options, errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from araldo.errors import OutcomeUnknown, OutsideError, PrepareAgain, ReconnectNeeded, Rejected, TryLater
from araldo.http_exchange import HttpResponse
from araldo.platforms.base import (
    Picture,
    Publication,
    Published,
    Ready,
    Repeatable,
    TicketUnusable,
    UnknownStatus,
    Waiting,
)
from araldo.platforms.caller import Answer
from araldo.platforms.mastodon.errors import error_from
from tests.platforms.contract import jpeg
from tests.platforms.mastodon.conftest import Instance
from tests.support.running_system import ask

STATUSES = "/api/v1/statuses"


def picture(alt: str = "Un mare calmo") -> Picture:
    return Picture(jpeg(60, 40), "", 60, 40, alt)


def statuses(instance: Instance) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = instance.stage.sandbox.control("state")["mastodon"]["statuses"]
    return found


async def test_a_picture_is_waited_for_while_it_is_processed(instance: Instance) -> None:
    instance.set(media_delay_s=1_000)
    ticket = await instance.case.platform.prepare(instance.to, Publication("Ciao", (picture(),)), "k")
    assert isinstance(await instance.case.platform.check(instance.to, ticket), Waiting)
    instance.stage.sandbox.control("clock", {"advance_s": 1_001})
    assert isinstance(await instance.case.platform.check(instance.to, ticket), Ready)
    instance.stage.sandbox.control("clock", {"real": True})


async def test_a_picture_that_cannot_be_processed_makes_the_ticket_unusable(instance: Instance) -> None:
    instance.set(media_fails=True)
    ticket = await instance.case.platform.prepare(instance.to, Publication("Ciao", (picture(),)), "k")
    assert isinstance(await instance.case.platform.check(instance.to, ticket), TicketUnusable)


async def test_a_lost_answer_to_a_text_is_repeated_when_it_cannot_be_processed_any_more(instance: Instance) -> None:
    ticket = await instance.sent()
    instance.stage.lose_answer("reset", "after")
    with pytest.raises(OutcomeUnknown):
        await instance.case.publish(ticket)
    finding = await instance.case.platform.check(instance.to, ticket)
    assert isinstance(finding, Waiting)
    assert finding.after_s is not None
    assert 60 < finding.after_s <= 70
    instance.case.clock.moved_s += finding.after_s
    finding = await instance.case.platform.check(instance.to, ticket)
    assert ticket.sent_since is not None
    assert finding == Repeatable(ticket.sent_since + timedelta(hours=1))
    again = await instance.case.publish(instance.case.intent(ticket))
    assert [again.remote_id] == [status["id"] for status in statuses(instance)]
    instance.case.clock.moved_s += 3_600
    assert isinstance(await instance.case.platform.check(instance.to, ticket), UnknownStatus)


async def test_a_picture_proves_what_was_published_even_when_the_key_is_forgotten(instance: Instance) -> None:
    ticket = await instance.sent(Publication("Ciao", (picture(),)))
    instance.stage.lose_answer("html", "after")
    with pytest.raises(OutcomeUnknown):
        await instance.case.publish(ticket)
    instance.case.clock.moved_s += 86_400
    finding = await instance.case.platform.check(instance.to, ticket)
    assert isinstance(finding, Published)
    assert finding.remote_id == statuses(instance)[0]["id"]
    assert finding.permalink == statuses(instance)[0]["url"]


async def test_a_status_that_was_deleted_meanwhile_is_not_published_again(instance: Instance) -> None:
    ticket = await instance.sent()
    instance.stage.lose_answer("reset", "after")
    with pytest.raises(OutcomeUnknown):
        await instance.case.publish(ticket)
    url = f"{instance.url}{STATUSES}/{statuses(instance)[0]['id']}"
    assert ask("DELETE", url, headers={"Authorization": "Bearer sandbox-mastodon-token"}).status == 200
    assert await instance.case.publish(instance.case.intent(ticket)) == Published()
    assert statuses(instance) == []
    with pytest.raises(Rejected):
        await instance.case.publish(ticket)


async def test_options_are_sent(instance: Instance) -> None:
    options: dict[str, str | bool] = {
        "content_warning": "Mare",
        "visibility": "private",
        "language": "it",
        "sensitive": True,
    }
    published = await instance.case.publish(await instance.sent(Publication("Ciao", (picture(),), options)))
    (status,) = statuses(instance)
    shown = [status[name] for name in ("spoiler_text", "visibility", "language", "sensitive", "text")]
    assert shown == ["Mare", "private", "it", True, "Ciao"]
    assert status["media_attachments"][0]["description"] == "Un mare calmo"
    assert await instance.case.platform.count_visible_pictures(instance.to, str(published.remote_id)) == 1


async def test_an_alt_text_is_cut_at_the_limit(instance: Instance) -> None:
    await instance.case.publish(await instance.sent(Publication("Ciao", (picture("a" * 2_000),))))
    description = statuses(instance)[0]["media_attachments"][0]["description"]
    assert description == "a" * 1_499 + "…"


async def test_a_rate_limit_is_waited_for(instance: Instance) -> None:
    instance.fail(STATUSES, status=429, error="Too many requests", rate_limit_reset_s=120)
    with pytest.raises(TryLater) as limited:
        await instance.case.publish(await instance.sent())
    assert 110 < limited.value.after_s <= 121
    assert statuses(instance) == []


async def test_a_text_without_end_is_refused_and_nothing_is_published(instance: Instance) -> None:
    with pytest.raises(Rejected) as refused:
        await instance.case.publish(await instance.sent(Publication("a" * 501)))
    assert refused.value.subcode == "text_too_long"
    assert refused.value.raw is not None
    assert "Text character limit of 500 exceeded" in refused.value.raw


# Of Mastodon's documentation (content/en/methods) and source (app/controllers/concerns/api, api/base_controller.rb).
ERRORS: list[tuple[int, str, type[OutsideError], str | None]] = [
    (400, "param is missing or the value is empty: status", Rejected, None),
    (401, "The access token is invalid", ReconnectNeeded, None),
    (401, "The access token was revoked", ReconnectNeeded, None),
    (403, "This action is outside the authorized scopes", ReconnectNeeded, "scope"),
    (403, "Your login is currently disabled", ReconnectNeeded, "login_off"),
    (403, "Your login is currently pending approval", ReconnectNeeded, "login_off"),
    (403, "Your login is missing a confirmed e-mail address", ReconnectNeeded, "login_off"),
    (403, "This action is not allowed", Rejected, None),
    (404, "Record not found", Rejected, None),
    (422, "Validation failed: Text can't be blank", Rejected, "text_missing"),
    (422, "Validation failed: Text character limit of 500 exceeded", Rejected, "text_too_long"),
    (422, "Validation failed: Description is too long (maximum is 1500 characters)", Rejected, "alt_too_long"),
    (422, "Validation failed: File content type is invalid, File is invalid", Rejected, "picture_refused"),
    (422, "Validation failed: File must be less than 16 MB", Rejected, "picture_refused"),
    (422, "File type of uploaded media could not be verified", Rejected, "picture_refused"),
    (422, "9000x9000 images are not supported", Rejected, "picture_refused"),
    (422, "Cannot attach more than 4 files", Rejected, "too_many_pictures"),
    (
        422,
        "Cannot attach files that have not finished processing. Try again in a moment!",
        TryLater,
        "media_processing",
    ),
    (422, "Media 7 not found or already attached to another post", PrepareAgain, "media_gone"),
    (422, "This method requires an authenticated user", ReconnectNeeded, "not_a_person"),
    (422, "Duplicate record", Rejected, None),
    (429, "Too many requests", TryLater, None),
    (500, "Error processing thumbnail for uploaded media", OutcomeUnknown, None),
    (503, "There was a temporary problem serving your request, please try again", OutcomeUnknown, None),
    (503, "Remote data could not be fetched", OutcomeUnknown, None),
]


@pytest.mark.parametrize(("status", "error", "expected", "subcode"), ERRORS)
async def test_every_documented_error_has_its_class(
    instance: Instance, status: int, error: str, expected: type[OutsideError], subcode: str | None
) -> None:
    ticket = await instance.sent()
    instance.fail(STATUSES, status=status, error=error)
    with pytest.raises(OutsideError) as raised:
        await instance.case.publish(ticket)
    assert (type(raised.value), raised.value.subcode) == (expected, subcode)
    assert raised.value.code == str(status)
    assert error not in repr(raised.value.message)


async def test_an_error_of_a_call_that_nobody_sees_never_leaves_it_unknown(instance: Instance) -> None:
    for status in (500, 502, 503):
        instance.fail("/api/v2/media", status=status, error="oops")
        with pytest.raises(TryLater):
            await instance.sent(Publication("Ciao", (picture(),)))


def test_a_reset_that_cannot_be_read_leaves_the_header_retry_after() -> None:
    now, headers = datetime.now(UTC), {"X-RateLimit-Reset": "1795986786", "Retry-After": "7"}
    answer = Answer(HttpResponse(429, headers, b"<html>"), (), now)
    found = error_from(answer, visible=True, host="m.example", now=now)
    assert isinstance(found, TryLater)
    assert found.after_s == 7
