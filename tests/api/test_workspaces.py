"""Tenant isolation: on every route, each of two workspaces tries to read and use the other's objects."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from fastapi import FastAPI

from araldo.app import Araldo
from araldo.asgi import create_web
from tests.api.conftest import connected_workspace
from tests.api.people import PEOPLE, SESSION_ROUTES, as_users, create_workspace_user
from tests.images.pictures import encode_picture, quarters
from tests.support.login_dialog import PAGE, begin_login, complete_login, token_request
from tests.support.running_system import RunningSystem, ask, start_system
from tests.support.sse import stream


@dataclass
class Tenant:
    """One workspace: its key, and the id of one object of each kind."""

    system: RunningSystem
    post: str
    accounts: dict[str, str]
    begun: str
    login_url: str
    pending: str
    picture: str
    medium: str
    hook: str
    sent: str

    def ids(self) -> list[str]:
        things = [self.post, *self.accounts.values(), self.begun, self.pending, self.medium, self.hook, self.sent]
        return [*things, *PEOPLE[self.system.key].ids()]


def create_tenant(home: RunningSystem, name: str) -> Tenant:
    found = {one["kind"]: one["id"] for one in home.ask("GET", "/api/v1/accounts").body["data"]}
    begun = begin_login(home)
    pasted = home.ask("POST", "/api/v1/connections", token_request(home.meta.mint())).body
    drawn = home.ask("POST", "/api/v1/marketing/image/batch-generate", {"images": [{"prompt": name}]}).body
    hook = home.ask("POST", "/api/v1/webhooks", {"url": "http://localhost/"}).body["id"]
    return Tenant(
        system=home,
        post=home.create(content=name).body["job_id"],
        accounts=found,
        begun=begun["id"],
        login_url=begun["login_url"],
        pending=pasted["id"],
        picture=drawn["results"][0]["image_url"],
        medium=home.upload(encode_picture(quarters((30, 20)))).body["id"],
        hook=hook,
        sent=home.ask("POST", f"/api/v1/webhooks/{hook}/test").body["id"],
    )


@pytest.fixture(scope="module")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tenant, Tenant]]:
    with start_system(tmp_path_factory.mktemp("two")) as first:
        second = replace(first, key=asyncio.run(connected_workspace(first, "Altro studio")))
        for home, name in ((first, "Prima"), (second, "Seconda")):
            PEOPLE[home.key] = create_workspace_user(home, name)
        yield create_tenant(first, "Primo"), create_tenant(second, "Secondo")


RouteTest = Callable[[Tenant, RunningSystem], None]


def expect_404(method: str, path: str, body: object = None, *, status: int = 404, code: str | None = None) -> RouteTest:
    """Expect a 404. `path` and `body` may contain ids of the other, as `{post}` or `{facebook_page}`."""

    def run_test(other: Tenant, me: RunningSystem) -> None:
        reply = me.ask(method, _named(path, other), _filled(body, other))
        assert reply.status == status, (path, reply.raw)
        if code is not None:
            assert code in {reply.body["code"], *(one["code"] for one in reply.body["errors"])}

    return run_test


def expect_isolated(path: str) -> RouteTest:
    def run_test(other: Tenant, me: RunningSystem) -> None:
        reply = me.ask("GET", path)
        assert reply.status == 200
        assert not any(one in reply.raw.decode() for one in other.ids())

    return run_test


def expect_public(path: str) -> RouteTest:
    """A route without data of any workspace."""

    def run_test(other: Tenant, me: RunningSystem) -> None:
        raw = ask("GET", me.url + path).raw.decode()
        assert not any(one in raw for one in (*other.ids(), other.system.key))

    return run_test


def _all(tenant: Tenant) -> dict[str, str]:
    things = ("post", "begun", "pending", "picture", "medium", "hook", "sent")
    return {name: getattr(tenant, name) for name in things} | tenant.accounts


def _named(text: str, other: Tenant) -> str:
    for name, value in _all(other).items():
        text = text.replace("{" + name + "}", value)
    return text


def _filled(body: Any, other: Tenant) -> Any:
    if isinstance(body, dict):
        return {key: _filled(value, other) for key, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, other) for value in body]
    return _named(body, other) if isinstance(body, str) else body


def _begins_its_own_connection(other: Tenant, me: RunningSystem) -> None:
    begun = begin_login(me)
    assert begun["id"] not in other.ids()
    assert other.system.ask("GET", f"/api/v1/connections/{begun['id']}").status == 404


def _begins_its_own_webhook(other: Tenant, me: RunningSystem) -> None:
    made = me.ask("POST", "/api/v1/webhooks", {"url": "http://localhost/mine"}).body["id"]
    assert other.system.ask("GET", f"/api/v1/webhooks/{made}").status == 404
    assert me.ask("DELETE", f"/api/v1/webhooks/{made}").status == 204


def _streams_its_own(other: Tenant, me: RunningSystem) -> None:
    """Read the stream from its beginning up to one's own newest event."""
    newest = me.ask("POST", "/api/v1/posts", {"content": "la fine"}).body["job_id"]
    with stream(me.url, "/api/v1/events?last_event_id=0", me.key) as opened:
        seen = list(itertools.takewhile(lambda event: event.data["post_id"] != newest, iter(opened.next, None)))
    assert not any(one in str(event.data) for event in seen for one in other.ids())


def _callback_belongs_to_its_owner(other: Tenant, me: RunningSystem) -> None:
    """The state alone determines the connection's workspace, whatever key is sent with it."""
    begun = begin_login(other.system)
    assert complete_login(begun["login_url"]).status == 200
    assert other.system.ask("GET", f"/api/v1/connections/{begun['id']}").body["status"] == "pending"
    assert me.ask("GET", f"/api/v1/connections/{begun['id']}").status == 404


def _consent_names_its_owner(other: Tenant, me: RunningSystem) -> None:
    """The consent page names the workspace of the link, whoever opens it."""

    def named(link_of: RunningSystem, opened_by: RunningSystem) -> str:
        headers = {"Authorization": f"Bearer {opened_by.key}"}
        page = ask("GET", begin_login(link_of)["login_url"], headers=headers).raw.decode()
        return str(re.findall(r"<h1>Connect your accounts to “(.*?)”\?</h1>", page)[0])

    assert named(other.system, me) == named(other.system, other.system)
    assert named(other.system, me) != named(me, me)


def _ticket_belongs_to_its_owner(other: Tenant, me: RunningSystem) -> None:
    """Send a ticket for one's own connection with the other's id in it."""
    page = complete_login(begin_login(me)["login_url"]).raw.decode()
    ticket = re.findall(r'name=ticket value="([^"]*)"', page)[0]
    workspace_id, connection_id, signature = ticket.split(".")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for forged in (f"{workspace_id}.{other.pending}.{signature}", f"{other.pending}.{connection_id}.{signature}"):
        data = f"ticket={forged}&group_ids={PAGE}".encode()
        assert ask("POST", f"{me.url}/api/v1/connections/chosen", headers=form, data=data).status == 403


def _picture_needs_its_signature(other: Tenant, me: RunningSystem) -> None:
    bare = other.picture.partition("?")[0]
    assert me.ask("GET", bare.removeprefix(me.url)).status == 403


def _uploads_its_own(other: Tenant, me: RunningSystem) -> None:
    assert me.ask("POST", "/api/v1/media", {"url": other.picture}).body["errors"][0]["code"] == "media_unknown"
    made = me.upload(encode_picture(quarters((30, 20))))
    assert (made.status, other.system.ask("GET", f"/api/v1/media/{made.body['id']}").status) == (201, 404)
    assert other.medium not in made.body["alike"]
    chosen = me.ask("POST", "/api/v1/posts", {"platforms": ["facebook"], "images": {"facebook": other.medium}})
    assert (chosen.status, chosen.body["errors"][0]["code"]) == (422, "media_unknown")
    platform_images = {"facebook": {"media_id": other.medium}}
    asked = me.ask("POST", "/api/v1/social/create-multi-platform-post", {**CREATE, "platform_images": platform_images})
    assert (asked.status, asked.body["errors"][0]["pointer"]) == (422, "/platform_images/facebook")


def _validates_for_its_own_accounts(other: Tenant, me: RunningSystem) -> None:
    asked = {"platforms": ["facebook"], "accounts": {"facebook": other.accounts["facebook_page"]}}
    assert me.ask("POST", "/api/v1/posts/validate", asked).body["problems"][-1]["code"] == "account_unknown"


def _imports_its_own_pictures(other: Tenant, me: RunningSystem) -> None:
    file = f"content,platforms,image\nUn testo,facebook,{other.medium}\n".encode()
    theirs, ours = (one.import_posts(file, "?dry_run=true&image_provider=none").body for one in (other.system, me))
    assert (bool(theirs["rows"][0]["problems"]), bool(ours["rows"][0]["problems"])) == (False, True)


def _has_its_own_brand(other: Tenant, me: RunningSystem) -> None:
    before = other.system.ask("GET", "/api/v1/brand").body
    mine = f"Marca di {me.key[-6:]}"
    assert me.ask("PUT", "/api/v1/brand", {"name": mine}).status == 200
    theirs = other.system.ask("GET", "/api/v1/brand").body
    assert theirs == before
    assert me.ask("GET", "/api/v1/brand").body["name"] == mine != theirs["name"]


def _previews_its_own_brand(other: Tenant, me: RunningSystem) -> None:
    """The other's picture is refused as a logo, and the other's brand is not applied."""
    wanted = {"content": "Stesse parole", "aspect_ratio": "21:9"}
    assert other.system.ask("PUT", "/api/v1/brand", {"name": "Altrui", "colors": ["#00ff00", "#ff0000"]}).status == 200
    assert me.ask("PUT", "/api/v1/brand", {"name": "Mia", "colors": ["#0000ff", "#ffff00"]}).status == 200
    theirs, mine = (one.ask("POST", "/api/v1/images/preview", wanted).raw for one in (other.system, me))
    assert theirs != mine
    brand = {"name": "Mia", "colors": ["#00f", "#ff0"]}
    assert me.ask("POST", "/api/v1/images/preview", {**wanted, "brand": brand}).raw == mine
    borrowed = {**wanted, "brand": {**brand, "logo": other.medium}}
    reply = me.ask("POST", "/api/v1/images/preview", borrowed)
    assert (reply.status, reply.body["errors"][0]["code"]) == (422, "media_unknown")


CREATE = {"content": "x", "platforms": ["facebook"], "publish_immediately": True}
EVERY_ROUTE: dict[tuple[str, str], RouteTest] = {
    ("POST", "/api/v1/social/create-multi-platform-post"): expect_404(
        "POST",
        "/api/v1/social/create-multi-platform-post",
        {**CREATE, "accounts": {"facebook": "{facebook_page}"}},
        status=422,
        code="account_unknown",
    ),
    ("POST", "/api/v1/social/publish"): expect_404(
        "POST",
        "/api/v1/social/publish",
        {"content": "x", "platforms": ["facebook"], "media_url": "{picture}"},
        status=422,
    ),
    ("GET", "/api/v1/social/posts/{job_id}"): expect_404("GET", "/api/v1/social/posts/{post}"),
    ("POST", "/api/v1/posts"): expect_404(
        "POST",
        "/api/v1/posts",
        {"platforms": ["facebook"], "accounts": {"facebook": "{facebook_page}"}},
        status=422,
        code="account_unknown",
    ),
    ("POST", "/api/v1/posts/validate"): _validates_for_its_own_accounts,
    ("POST", "/api/v1/posts/import"): _imports_its_own_pictures,
    ("GET", "/api/v1/posts/export"): expect_isolated("/api/v1/posts/export?format=json"),
    ("GET", "/api/v1/posts"): expect_isolated("/api/v1/posts?limit=100&q=o"),
    ("GET", "/api/v1/posts/{post_id}"): expect_404("GET", "/api/v1/posts/{post}"),
    ("PATCH", "/api/v1/posts/{post_id}"): expect_404("PATCH", "/api/v1/posts/{post}", {"content": "mio"}),
    ("DELETE", "/api/v1/posts/{post_id}"): expect_404("DELETE", "/api/v1/posts/{post}"),
    ("GET", "/api/v1/posts/{post_id}/events"): expect_404("GET", "/api/v1/posts/{post}/events"),
    ("GET", "/api/v1/posts/{post_id}/timeline"): expect_404("GET", "/api/v1/posts/{post}/timeline?raw=true"),
    ("GET", "/api/v1/posts/{post_id}/recurrence"): expect_404("GET", "/api/v1/posts/{post}/recurrence"),
    ("DELETE", "/api/v1/posts/{post_id}/recurrence"): expect_404("DELETE", "/api/v1/posts/{post}/recurrence"),
    **{
        ("POST", f"/api/v1/posts/{{post_id}}/{act}"): expect_404("POST", f"/api/v1/posts/{{post}}/{act}", body)
        for act, body in (
            dict.fromkeys(("publish", "schedule", "undo", "cancel", "retry", "duplicate", "restore"))
            | {"recurrence": {"rrule": "FREQ=DAILY"}, "recurrence/occurrences": {"schedule_time": "2030-01-31T10:00Z"}}
        ).items()
    },
    **{
        (method, f"/api/v1/posts/{{post_id}}/images/{{name}}{rest}"): expect_404(
            method, f"/api/v1/posts/{{post}}/images/facebook{rest}", body
        )
        for method, rest, body in (
            ("GET", "", None),
            ("POST", "/regenerate", {}),
            ("POST", "/choose", {"media_id": "med_1"}),
            ("POST", "/lock", {"locked": True}),
        )
    },
    ("GET", "/api/v1/events"): _streams_its_own,
    ("GET", "/api/v1/accounts/{account_id}/slots"): expect_404("GET", "/api/v1/accounts/{facebook_page}/slots"),
    ("GET", "/api/v1/accounts/{account_id}/posting-times"): expect_404(
        "GET", "/api/v1/accounts/{facebook_page}/posting-times"
    ),
    ("PUT", "/api/v1/accounts/{account_id}/posting-times"): expect_404(
        "PUT", "/api/v1/accounts/{facebook_page}/posting-times", {"times": {"mon": ["09:00"]}}
    ),
    ("POST", "/api/v1/webhooks"): _begins_its_own_webhook,
    ("GET", "/api/v1/webhooks"): expect_isolated("/api/v1/webhooks"),
    **{
        (method, f"/api/v1/webhooks/{{webhook_id}}{rest}"): expect_404(method, f"/api/v1/webhooks/{{hook}}{rest}", body)
        for method, rest, body in (
            ("GET", "", None),
            ("PATCH", "", {"active": False}),
            ("DELETE", "", None),
            ("POST", "/test", None),
            ("POST", "/rotate-secret", None),
            ("GET", "/deliveries", None),
        )
    },
    ("POST", "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver"): expect_404(
        "POST", "/api/v1/webhooks/{hook}/deliveries/{sent}/redeliver"
    ),
    ("POST", "/api/v1/media"): _uploads_its_own,
    **{("GET", "/api/v1/media" + to): expect_isolated("/api/v1/media" + to) for to in ("", "/tags")},
    ("POST", "/api/v1/media/{medium_id}/replace"): expect_404(
        "POST", "/api/v1/media/{medium}/replace", {"media_id": "med_1"}
    ),
    **{
        (method, "/api/v1/media/{medium_id}"): expect_404(method, "/api/v1/media/{medium}", body)
        for method, body in (("GET", None), ("PATCH", {"alt": "mia"}), ("DELETE", None))
    },
    ("GET", "/api/v1/social/posts"): expect_isolated("/api/v1/social/posts?limit=100"),
    ("POST", "/api/v1/posts/{post_id}/deliveries/{delivery}/resolve"): expect_404(
        "POST", "/api/v1/posts/{post}/deliveries/facebook/resolve", {"as": "cancelled"}
    ),
    ("POST", "/api/v1/marketing/image/batch-generate"): expect_404(
        "POST", "/api/v1/marketing/image/batch-generate", {"images": []}, status=422
    ),
    ("GET", "/api/v1/images/choices"): expect_isolated("/api/v1/images/choices"),
    ("GET", "/api/v1/images/spend"): expect_isolated("/api/v1/images/spend"),
    ("GET", "/api/v1/audit"): expect_isolated("/api/v1/audit?limit=100"),
    ("GET", "/api/v1/brand"): _has_its_own_brand,
    ("PUT", "/api/v1/brand"): expect_404(
        "PUT", "/api/v1/brand", {"logo": "{medium}"}, status=422, code="media_unknown"
    ),
    ("POST", "/api/v1/images/preview"): _previews_its_own_brand,
    ("GET", "/api/v1/platforms"): expect_isolated("/api/v1/platforms"),
    ("GET", "/api/v1/accounts"): expect_isolated("/api/v1/accounts"),
    ("PATCH", "/api/v1/accounts/{account_id}"): expect_404(
        "PATCH", "/api/v1/accounts/{facebook_page}", {"default": True}
    ),
    ("POST", "/api/v1/accounts/{account_id}/check"): expect_404("POST", "/api/v1/accounts/{instagram_account}/check"),
    ("GET", "/api/v1/services"): expect_isolated("/api/v1/services"),
    ("GET", "/api/v1/accounts/{account_id}/disconnection"): expect_404(
        "GET", "/api/v1/accounts/{facebook_page}/disconnection"
    ),
    ("DELETE", "/api/v1/accounts/{account_id}"): expect_404("DELETE", "/api/v1/accounts/{facebook_page}"),
    ("POST", "/api/v1/connections"): _begins_its_own_connection,
    ("GET", "/api/v1/connections/{connection_id}"): expect_404("GET", "/api/v1/connections/{pending}"),
    ("POST", "/api/v1/connections/{connection_id}/choose"): expect_404(
        "POST", "/api/v1/connections/{pending}/choose", {"group_ids": [PAGE]}
    ),
    ("GET", "/api/v1/accounts/connect/{service}/callback"): _callback_belongs_to_its_owner,
    ("GET", "/api/v1/accounts/connect/{service}/consent"): _consent_names_its_owner,
    ("POST", "/api/v1/accounts/connect/{service}/consent"): _callback_belongs_to_its_owner,
    ("POST", "/api/v1/connections/chosen"): _ticket_belongs_to_its_owner,
    ("GET", "/media/{medium_id}.jpg"): _picture_needs_its_signature,
    ("HEAD", "/media/{medium_id}.jpg"): _picture_needs_its_signature,
    **{(method, "/api/v1/openapi.json"): expect_public("/api/v1/openapi.json") for method in ("GET", "HEAD")},
    **{("GET", "/api/v1/" + name): expect_public("/api/v1/" + name) for name in ("health", "ready")},
    **{("GET", path): expect_public(path) for path in ("/robots.txt", "/api/docs", "/api/docs/start.js")},
    ("GET", "/api/docs/{name}"): expect_public("/api/docs/swagger-ui.css"),
    **{route: as_users(run_test) for route, run_test in SESSION_ROUTES.items()},
}


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    """Return all routes, in the description or not. The documentation at /docs holds nothing of any workspace."""
    found = [one for route in app.routes for one in getattr(getattr(route, "original_router", None), "routes", [route])]
    return {(method, route.path) for route in found if route.path != "/docs" for method in route.methods}


def test_every_route_has_a_tenant_isolation_test(tenants: tuple[Tenant, Tenant]) -> None:
    routes = routes_of(create_web(Araldo(tenants[0].system.settings)))
    assert len(routes) > 15
    assert routes == set(EVERY_ROUTE)


@pytest.mark.parametrize("swapped", [False, True], ids=["second on first", "first on second"])
@pytest.mark.parametrize("route", EVERY_ROUTE, ids=" ".join)
def test_another_workspaces_objects_are_not_found(
    tenants: tuple[Tenant, Tenant], route: tuple[str, str], *, swapped: bool
) -> None:
    other, mine = reversed(tenants) if swapped else tenants
    assert mine.system.key != other.system.key
    EVERY_ROUTE[route](other, mine.system)


def test_both_workspaces_are_unchanged_afterwards(tenants: tuple[Tenant, Tenant]) -> None:
    for tenant in tenants:
        assert tenant.system.ask("GET", f"/api/v1/social/posts/{tenant.post}").body["status"] == "draft"
        assert tenant.system.ask("GET", f"/api/v1/connections/{tenant.pending}").body["status"] == "pending"
        accounts = tenant.system.ask("GET", "/api/v1/accounts").body["data"]
        assert [one["id"] for one in accounts if not one["default"]] == list(tenant.accounts.values())
    assert tenants[0].system.meta.published_ids() == []


def test_the_same_page_in_both_is_two_accounts(tenants: tuple[Tenant, Tenant]) -> None:
    first, second = tenants
    assert set(first.accounts) == set(second.accounts)
    assert not set(first.accounts.values()) & set(second.accounts.values())


def test_the_same_idempotency_key_is_not_the_same_request(tenants: tuple[Tenant, Tenant]) -> None:
    path = "/api/v1/social/create-multi-platform-post"
    body = {"content": "Una volta", "platforms": ["facebook"]}
    made = [tenant.system.ask("POST", path, body, idempotency_key="same").body["job_id"] for tenant in tenants]
    assert made[0] != made[1]
