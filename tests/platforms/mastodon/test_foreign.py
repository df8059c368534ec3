"""The contract against `mastodon-mock`, and a post read back there by Mastodon.py: both are other people's programs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from araldo.clock import SystemClock
from araldo.http import Http
from araldo.platforms.base import Picture
from araldo.platforms.mastodon.service import MastodonService
from araldo.platforms.mastodon.status import MastodonStatus
from tests.platforms import test_contract as contract_tests
from tests.platforms.contract import KEY, PlatformCase, build_case, jpeg
from tests.platforms.mastodon.foreign import ForeignStage
from tests.platforms.mastodon.stage import context_of

test_published_once = contract_tests.test_a_post_is_published_once_and_check_finds_it
test_never_arrived = contract_tests.test_a_request_that_never_arrived_is_ready_again_only_after_the_check_gap
test_sent_twice = contract_tests.test_sending_the_same_ticket_twice_publishes_one_post_where_checks_can_tell
test_other_deliveries = contract_tests.test_check_never_matches_the_post_of_another_delivery
test_too_late = contract_tests.test_too_late_to_send_sends_nothing
test_revoked = contract_tests.test_a_revoked_token_raises_reconnect_needed
test_unusable = contract_tests.test_an_unusable_ticket_is_found_before_it_is_sent


@pytest.fixture(scope="module")
def foreign() -> Iterator[ForeignStage]:
    with ForeignStage.start("") as started:
        yield started


@pytest.fixture(params=[1, 3])
async def case(request: pytest.FixtureRequest, foreign: ForeignStage) -> AsyncIterator[PlatformCase]:
    foreign.reset()
    async with Http(timeout_s=5, allow=foreign.typed_hosts()) as http:
        yield build_case(foreign, MastodonStatus, request.param, http)


async def test_another_client_reads_what_was_published(foreign: ForeignStage) -> None:
    foreign.reset()
    async with Http(timeout_s=5, allow=foreign.typed_hosts()) as http:
        case = build_case(foreign, MastodonStatus, 1, http)
        picture = Picture(jpeg(1200, 675), "", 1200, 675, alt="Un mare calmo")
        options = {"content_warning": "Mare", "visibility": "unlisted", "language": "it"}
        case.publication = replace(case.publication, text="Ciao #mondo", pictures=(picture,), options=options)
        ticket = await case.platform.prepare(case.destination, case.publication, KEY)
        published = await case.publish(case.intent(ticket))
    status = foreign.client().status(published.remote_id)
    assert (status.spoiler_text, status.visibility, status.language) == ("Mare", "unlisted", "it")
    assert [media.description for media in status.media_attachments] == ["Un mare calmo"]
    assert "mondo" in status.content


async def test_an_account_is_found_inspected_and_revoked(foreign: ForeignStage) -> None:
    foreign.reset()
    async with Http(timeout_s=5, allow=foreign.typed_hosts()) as http:
        service = MastodonService(context_of(http, SystemClock()))
        found = await service.find_accounts("token", {"instance": foreign.url, "token": "alice_token"})
        (account,) = found.groups[0].members
        assert account.facts["platforms"]["mastodon"]["pictures_max"] == 4
        assert (await service.inspect(account.credentials)).access_lost is None
        credentials = replace(account.credentials, secrets={**account.credentials.secrets, **_app_of(foreign)})
        assert await service.revoke(credentials) is None
        assert (await service.inspect(credentials)).access_lost is not None


def _app_of(foreign: ForeignStage) -> dict[str, str]:
    client_id, client_secret = foreign.client().create_app("Araldo", api_base_url=foreign.url)
    return {"client_id": client_id, "client_secret": client_secret}
