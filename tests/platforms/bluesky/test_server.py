"""Log-in, renewal and posts on a real PDS, read back with the protocol's own SDK."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

from araldo.errors import ReconnectNeeded, Rejected, TryLater, UserError
from araldo.http import Http
from araldo.platforms.base import Picture, Publication, Ticket
from araldo.platforms.bluesky.feed import BlueskyFeed
from araldo.platforms.bluesky.service import BlueskyService
from araldo.platforms.credentials import Credentials
from araldo.platforms.service import DiscoveredAccount
from tests.platforms.bluesky.pds_process import PdsAccount
from tests.platforms.bluesky.stage import ServiceStage
from tests.platforms.contract import KEY, MovedClock, PlatformCase, jpeg
from tests.support.running_system import RunningSystem, ask, start_system
from tests.support.serving import serve

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def started() -> Iterator[ServiceStage]:
    with ServiceStage.start("") as stage:
        yield stage


@pytest.fixture
def stage(started: ServiceStage) -> ServiceStage:
    started.reset()
    return started


@pytest.fixture(scope="module")
def pages(started: ServiceStage) -> Iterator[str]:
    """A web server: a page with a title, and an entryway, which logs in and leaves out where the account is."""
    app = FastAPI()

    @app.get("/page")
    async def page() -> Response:
        return Response('<title>x</title><meta property="og:title" content="Novità">', media_type="text/html")

    @app.post("/xrpc/com.atproto.server.createSession")
    def log_in(asked: dict[str, str]) -> JSONResponse:
        reply = started.pds.call("com.atproto.server.createSession", asked)
        return JSONResponse({name: value for name, value in reply.body.items() if name != "didDoc"}, reply.status)

    with serve(app) as url:
        yield url


@pytest.fixture
async def http(stage: ServiceStage, pages: str) -> AsyncIterator[Http]:
    own = [urlsplit(url).netloc for url in (pages, stage.pds.plc_url)]
    async with Http(timeout_s=10, allow=[*stage.typed_hosts(), *own]) as http:
        yield http


@pytest.fixture
def service(stage: ServiceStage, http: Http) -> BlueskyService:
    return BlueskyService(stage.context(http, MovedClock()))


def answers(account: PdsAccount, host: str, **more: str) -> dict[str, str]:
    return {"handle": f"@{account.handle}", "app_password": account.app_password, "host": host, "languages": "", **more}


async def connect(service: BlueskyService, given: Mapping[str, str]) -> DiscoveredAccount:
    found = await service.find_accounts("app_password", given)
    ((account,),) = [group.members for group in found.groups]
    return account


async def test_an_entryway_leads_to_the_account_s_own_server(
    stage: ServiceStage, service: BlueskyService, pages: str
) -> None:
    account = await connect(service, answers(stage.owner, pages, languages="it, en"))
    assert (account.remote_id, account.username) == (stage.owner.did, "studio.test")
    assert account.credentials.host == stage.pds.url
    options = account.facts["platforms"]["bluesky"]["options"]
    assert options == {"languages": {"default": "it, en"}}
    lifetime = account.credentials.renew_after
    assert lifetime is not None
    assert 6_000 < (lifetime - MovedClock().now()).total_seconds() < 7_200
    assert (await service.inspect(account.credentials)).access_lost is None


@pytest.mark.parametrize("wrong", ["password", "own", "host", "languages"])
async def test_a_log_in_that_cannot_work_says_why(stage: ServiceStage, service: BlueskyService, wrong: str) -> None:
    given = answers(stage.owner, stage.pds.url)
    given |= {
        "password": {"app_password": "aaaa-aaaa-aaaa-aaaa"},
        "own": {"app_password": stage.owner.password},
        "host": {"host": stage.pds.plc_url},
        "languages": {"languages": "italiano"},
    }[wrong]
    with pytest.raises(UserError) as refused:
        await service.find_accounts("app_password", given)
    assert (
        refused.value.code
        == {
            "password": "login_refused",
            "own": "not_an_app_password",
            "host": "no_server",
            "languages": "languages_invalid",
        }[wrong]
    )
    assert given["app_password"] not in refused.value.message.to("en")


async def test_a_server_of_this_machine_is_refused_where_it_is_not_allowed(stage: ServiceStage) -> None:
    async with Http(timeout_s=5) as http:
        service = BlueskyService(stage.context(http, MovedClock()))
        with pytest.raises(Rejected) as refused:
            await service.find_accounts("app_password", answers(stage.owner, "https://127.0.0.1"))
    assert refused.value.code == "address_not_public"


async def test_a_session_is_renewed_and_survives_the_loss_of_its_successor(
    stage: ServiceStage, service: BlueskyService
) -> None:
    first = (await connect(service, answers(stage.owner, stage.pds.url))).credentials
    second = await service.renew(replace(first, version=7))
    assert second.version == 7
    assert second.secrets["refresh"] != first.secrets["refresh"]
    assert (await service.inspect(second)).access_lost is None
    # As after a process that died before it stored the second, and long after: the refresh token is used up.
    ended = replace(first, secrets={**first.secrets, "refresh": "eyJ.eyJ.ended"})
    assert (await service.inspect(await service.renew(ended))).access_lost is None


async def test_without_its_app_password_an_account_has_to_be_reconnected(
    stage: ServiceStage, service: BlueskyService
) -> None:
    account = stage.pds.create_account("revoked")
    credentials = (await connect(service, answers(account, stage.pds.url))).credentials
    full = stage.pds.log_in(account.handle, account.password)
    revoked = ask(
        "POST",
        f"{stage.pds.url}/xrpc/com.atproto.server.revokeAppPassword",
        {"name": "araldo"},
        {"Authorization": f"Bearer {full['accessJwt']}"},
    )
    assert revoked.status == 200
    with pytest.raises(ReconnectNeeded):
        await service.renew(credentials)


async def test_disconnecting_ends_the_session_and_names_what_remains(
    stage: ServiceStage, service: BlueskyService
) -> None:
    credentials = (await connect(service, answers(stage.owner, stage.pds.url))).credentials
    left = await service.revoke(credentials)
    assert left is not None
    refreshed = stage.pds.call("com.atproto.server.refreshSession", {}, token=credentials.secrets["refresh"])
    assert refreshed.status == 400
    # Again, and there is nothing more to end.
    assert await service.revoke(credentials) == left


async def test_a_suspended_account_shows_in_its_inspection(stage: ServiceStage, service: BlueskyService) -> None:
    credentials = (await connect(service, answers(stage.owner, stage.pds.url))).credentials
    stage.pds.set_suspended(stage.owner.did, True)
    assert (await service.inspect(credentials)).access_lost is not None


def read_with_sdk(stage: ServiceStage, uri: str) -> Any:
    """Return a post as the SDK reads it, which refuses what the lexicons do not allow."""
    # Takes most of a second, which each worker of a run would spend on importing this file.
    from atproto import Client, Request, models

    repo, collection, key = uri.removeprefix("at://").split("/")
    with closing(Request()) as request:
        client = Client(base_url=f"{stage.pds.url}/xrpc", request=request)
        record = client.com.atproto.repo.get_record(
            models.ComAtprotoRepoGetRecord.Params(repo=repo, collection=collection, rkey=key)
        )
    assert isinstance(record.value, models.AppBskyFeedPost.Record)
    return record.value


async def publish(stage: ServiceStage, http: Http, publication: Publication) -> tuple[str, Ticket]:
    clock = MovedClock()
    platform = stage.build(BlueskyFeed, http, clock)
    destination = stage.destination(BlueskyFeed.declaration)
    case = PlatformCase(platform, destination, publication, stage, clock)
    ticket = case.intent(await platform.prepare(destination, publication, KEY))
    return str((await case.publish(ticket)).remote_id), ticket


async def test_a_post_reads_back_as_it_was_meant(stage: ServiceStage, http: Http) -> None:
    other = stage.pds.create_account("other-one")
    text = f"Città 🌍: #novità con @{other.handle} e @nobody.invalid su https://araldo.it/a"
    picture = Picture(jpeg(1200, 675), "", 1200, 675, alt="Una città, di notte")
    uri, ticket = await publish(stage, http, Publication(text, (picture, picture), {"languages": "it, en"}))
    post = read_with_sdk(stage, uri)
    assert (post.text, post.langs, post.created_at[:10]) == (text, ["it", "en"], str(ticket.sent_since)[:10])
    data = text.encode()
    marked = [data[facet.index.byte_start : facet.index.byte_end].decode() for facet in post.facets]
    assert marked == ["#novità", f"@{other.handle}", "https://araldo.it/a"]
    assert post.facets[1].features[0].did == other.did
    assert [(image.alt, image.aspect_ratio.width, image.aspect_ratio.height) for image in post.embed.images] == [
        ("Una città, di notte", 1200, 675)
    ] * 2
    blob = stage.pds.call("com.atproto.sync.getBlob", did=stage.owner.did, cid=post.embed.images[0].image.cid.encode())
    assert blob.raw == picture.data


async def test_a_link_without_a_picture_has_a_card_where_its_page_can_be_read(
    stage: ServiceStage, http: Http, pages: str
) -> None:
    uri, _ = await publish(stage, http, Publication(f"Leggi {pages}/page"))
    external = read_with_sdk(stage, uri).embed.external
    assert (external.uri, external.title) == (f"{pages}/page", "Novità")
    uri, _ = await publish(stage, http, Publication(f"Leggi {pages}/none"))
    assert read_with_sdk(stage, uri).embed is None


async def test_two_processes_that_send_one_ticket_at_once_publish_one_post(stage: ServiceStage, http: Http) -> None:
    """As after a process that froze with the ticket in hand, and thawed while another repeated it."""
    clock = MovedClock()
    platform, destination = stage.build(BlueskyFeed, http, clock), stage.destination(BlueskyFeed.declaration)
    case = PlatformCase(platform, destination, Publication("Uno"), stage, clock)
    ticket = case.intent(await case.prepare())
    twins = await asyncio.gather(*[case.publish(case.intent(ticket)) for _ in range(4)])
    assert stage.published() == [twins[0].remote_id]
    assert len(set(twins)) == 1


async def test_a_record_that_is_not_ours_is_never_replaced(stage: ServiceStage, http: Http) -> None:
    """Somebody else's record under the same key: the write is refused, and a person decides."""
    uri, ticket = await publish(stage, http, Publication("Uno"))
    platform, destination = stage.build(BlueskyFeed, http, MovedClock()), stage.destination(BlueskyFeed.declaration)
    other = replace(ticket, state={**ticket.state, "record": {**ticket.state["record"], "text": "Due"}})
    with pytest.raises(Exception, match="another post"):
        await platform.publish(destination, other, Publication("Due"))
    assert read_with_sdk(stage, uri).text == "Uno"


async def test_languages_that_are_none_are_refused_before_anything_is_sent(stage: ServiceStage, http: Http) -> None:
    with pytest.raises(Rejected):
        await publish(stage, http, Publication("Uno", (), {"languages": "italiano"}))
    assert stage.published() == []


async def test_credentials_of_no_server_are_tried_later(stage: ServiceStage, service: BlueskyService) -> None:
    away = Credentials({"app_password": "x", "access": "y", "refresh": "z"}, {"did": "d"}, f"{stage.proxy.url}/none")
    with pytest.raises(TryLater):
        await service.inspect(away)


@pytest.fixture
def system(tmp_path: Path, stage: ServiceStage) -> Iterator[RunningSystem]:
    pds = stage.pds
    allowed = [urlsplit(pds.url).netloc]
    with start_system(tmp_path, connect=False, bluesky={"plc_url": pds.plc_url}, fetch={"allow": allowed}) as system:
        yield system


def test_an_account_is_connected_and_a_post_published_by_the_api(system: RunningSystem, stage: ServiceStage) -> None:
    pds, owner = stage.pds, stage.owner
    given = {"handle": owner.handle, "app_password": owner.app_password, "host": pds.url, "languages": "it"}
    found = system.ask("POST", "/api/v1/connections", {"service": "bluesky", "answers": given})
    assert (found.status, found.body["status"]) == (201, "pending")
    groups = [group["id"] for group in found.body["groups"]]
    chosen = system.ask("POST", f"/api/v1/connections/{found.body['id']}/choose", {"group_ids": groups})
    assert [account["username"] for account in chosen.body["data"]] == ["studio.test"]
    picture = system.upload(jpeg(1600, 900), alt="Una piazza")
    made = system.create(
        wait=30,
        content="Leggi https://araldo.it/a",
        platforms=["bluesky"],
        platform_images={"bluesky": {"media_id": picture.body["id"]}},
        publish_immediately=True,
        hashtags=["#novità"],
    )
    assert (made.status, made.body["status"]) == (200, "published"), made.raw
    (post,) = pds.posts(owner.did)
    record = post["value"]
    assert record["text"] == "Leggi https://araldo.it/a\n\n#novità"
    assert [facet["features"][0]["$type"].rpartition("#")[2] for facet in record["facets"]] == ["link", "tag"]
    (image,) = record["embed"]["images"]
    assert (image["alt"], image["aspectRatio"]) == ("Una piazza", {"width": 1200, "height": 675})
    assert record["langs"] == ["it"]
    key = post["uri"].rpartition("/")[2]
    assert f"https://bsky.app/profile/{owner.did}/post/{key}" in made.raw.decode()
    account = chosen.body["data"][0]
    gone = system.ask("DELETE", f"/api/v1/accounts/{account['id']}")
    assert gone.status in (200, 204)
