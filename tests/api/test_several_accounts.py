"""One post to two Pages: a delivery each, published once each, addressed by its id, with one shared picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.images.pictures import encode_picture, quarters
from tests.support.image_provider import FakeImageProvider, running_image_provider
from tests.support.login_dialog import token_request
from tests.support.running_system import Reply, RunningSystem, start_system
from tests.support.waiting import until


@dataclass
class TwoPages:
    """A system with two Pages and two Instagram accounts. `pages`, `feeds`: their ids, the default one first."""

    home: RunningSystem
    pages: list[str]
    feeds: list[str]
    remote: dict[str, str]

    def create(self, **body: Any) -> Reply:
        return self.home.create(accounts={"facebook": self.pages}, **body)

    def draft(self, **body: object) -> str:
        asked = {"content": "Ciao", "platforms": ["facebook"], "accounts": {"facebook": self.pages}, **body}
        reply = self.home.ask("POST", "/api/v1/posts", asked)
        assert reply.status == 201, reply.body
        return f"/api/v1/posts/{reply.body['job_id']}"

    def read(self, path: str) -> Any:
        return self.home.ask("GET", path).body

    def published(self) -> Counter[str]:
        """Return how many posts each account shows."""
        state = self.home.meta.state()
        owners = [post["id"].partition("_")[0] for post in state["posts"] if post["is_published"]]
        feeds = {account["username"]: account["id"] for account in state["instagram_accounts"]}
        owners += [feeds[medium["username"]] for medium in state["media"] if medium["parent"] is None]
        return Counter(owners)


def open_system(folder: Path, **more: Any) -> Iterator[TwoPages]:
    with start_system(folder, connect=False, **more) as home:
        home.meta.control("pages", {"name": "Studio Due", "instagram_username": "studio.due"})
        found = home.ask(
            "POST",
            "/api/v1/connections",
            token_request(home.meta.mint()),
        ).body
        ids = [page["id"] for page in found["groups"]]
        chosen = home.ask("POST", f"/api/v1/connections/{found['id']}/choose", {"group_ids": ids})
        accounts = sorted(chosen.body["data"], key=lambda account: not account["default"])
        by_kind = {
            kind: [one["id"] for one in accounts if kind in one["platforms"]] for kind in ("facebook", "instagram")
        }
        remote = {account["id"]: account["remote_id"] for account in accounts}
        yield TwoPages(home, by_kind["facebook"], by_kind["instagram"], remote)


@pytest.fixture(scope="module")
def image_provider() -> Iterator[FakeImageProvider]:
    with running_image_provider() as one:
        yield one


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, image_provider: FakeImageProvider) -> Iterator[TwoPages]:
    images = {"openai_base_url": image_provider.url, "openai_model": "m-1"}
    yield from open_system(tmp_path_factory.mktemp("two"), images=images)


@pytest.fixture(params=["sqlite", "postgresql"])
def two_on_each_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TwoPages]:
    more: dict[str, Any] = {}
    if request.param == "postgresql":
        url = request.getfixturevalue("fresh_postgres").replace("postgresql://", "postgresql+psycopg://")
        more = {"database": {"url": url}}
    yield from open_system(tmp_path, **more)


def test_each_account_shows_the_post_once(two_on_each_database: TwoPages) -> None:
    two = two_on_each_database
    names = {"facebook": two.pages, "instagram": two.feeds}
    reply = two.home.create(platforms=["facebook", "instagram"], accounts=names, publish_immediately=True)
    assert reply.status == 200, reply.body
    answer = reply.body
    assert (answer["status"], answer["total_platforms"], answer["successful"]) == ("published", 4, 4), answer
    results = answer["platforms"]
    assert [result["account_id"] for result in results] == [*two.pages, *two.feeds]
    assert [result["platform"] for result in results] == ["facebook", "facebook", "instagram", "instagram"]
    assert [(result["id"], result["account"]["id"]) for result in results] == [
        (result["delivery_id"], result["account_id"]) for result in results
    ]
    assert {result["account"]["name"] for result in results} >= {"Studio Demo", "Studio Due"}
    assert len({result["post_id"] for result in results}) == 4
    assert two.published() == Counter(two.remote[account] for account in [*two.pages, *two.feeds])
    # One picture a platform.
    pictures = [result["image_url"].split("?")[0] for result in results]
    assert (pictures[0] == pictures[1], pictures[2] == pictures[3], len(set(pictures))) == (True, True, 2)
    assert answer["images_generated"] == 2


def test_a_lost_answer_of_one_account_publishes_nothing_twice(two_on_each_database: TwoPages) -> None:
    two = two_on_each_database
    second = two.remote[two.pages[1]]
    two.home.meta.fault(method="POST", path=f"/{second}/", when="after_commit", kind="reset", times=1, skip=1)
    answer = two.create(publish_immediately=True).body
    path = f"/api/v1/posts/{answer['job_id']}"
    until(lambda: two.read(path)["status"] == "published")
    assert two.published() == Counter(two.remote[account] for account in two.pages)
    # The request whose answer was lost is named with its account.
    lines = two.read(f"{path}/timeline")["data"]
    assert [line["kind"] for line in lines].count("attempt.unclear") == 1
    assert any("(Studio Due)" in line["text"] for line in lines if line["kind"] == "attempt.sent")


def test_an_account_that_is_listed_twice_is_refused(two: TwoPages) -> None:
    first = two.pages[0]
    body = {"content": "Ciao", "platforms": ["facebook"], "accounts": {"facebook": [first, first]}}
    for method, path in (("POST", "/api/v1/posts"), ("POST", "/api/v1/social/create-multi-platform-post")):
        for language, said in (("en", "listed twice"), ("it", "indicato due volte")):
            refused = two.home.ask(method, path, body, accept_language=language)
            assert refused.status == 422, refused.body
            problem = next(one for one in refused.body["errors"] if one["code"] == "account_duplicate")
            assert (problem["pointer"], said in problem["detail"]) == ("/accounts/facebook/1", True)
    unknown = two.home.ask("POST", "/api/v1/posts", body | {"accounts": {"facebook": [first, "acc_0"]}})
    assert [(one["pointer"], one["code"]) for one in unknown.body["errors"]] == [
        ("/accounts/facebook/1", "account_unknown")
    ]
    for odd in ([], [7], {"a": 1}):
        assert two.home.ask("POST", "/api/v1/posts", body | {"accounts": {"facebook": odd}}).status == 422


def test_a_platforms_name_is_refused_where_the_post_has_several_deliveries(two: TwoPages) -> None:
    path = two.draft(image_provider="none")
    first, second = two.read(path)["platforms"]
    for action in ("cancel", "retry"):
        refused = two.home.ask("POST", f"{path}/{action}", {"platforms": ["facebook"]})
        assert (refused.status, refused.body["code"]) == (409, "delivery_ambiguous")
        assert refused.body["errors"][0]["suggestions"] == [first["id"], second["id"]]
    refused = two.home.ask("POST", f"{path}/deliveries/facebook/resolve", {"as": "cancelled"})
    assert (refused.status, refused.body["code"]) == (409, "delivery_ambiguous")
    assert two.home.ask("POST", f"{path}/deliveries/{first['id']}/resolve", {"as": "cancelled"}).body["code"] == (
        "not_unconfirmed"
    )
    cancelled = two.home.ask("POST", f"{path}/cancel", {"platforms": [second["id"]]})
    assert [result["state"] for result in cancelled.body["platforms"]] == ["draft", "cancelled"]


def test_the_answer_says_what_can_be_done_with_each_delivery(two: TwoPages) -> None:
    second = two.remote[two.pages[1]]
    refusal = {"code": 100, "message": "no"}
    two.home.meta.fault(method="POST", path=f"/{second}/", when="before", kind="graph_error", error=refusal, times=9)
    answer = two.create(publish_immediately=True, image_provider="offline").body
    two.home.meta.control("faults", method="DELETE")
    good, bad = answer["platforms"]
    assert (good["state"], bad["state"], answer["status"]) == ("published", "failed", "partial")
    assert (good["actions"], bad["actions"]) == ([], ["edit", "schedule", "cancel", "retry"])
    assert {why["code"] for why in good["not_possible"]} == {"published"}
    whys = {why["action"]: (why["code"], why["detail"]) for why in bad["not_possible"]}
    assert whys["publish"] == ("ended", "It did not go out. Retry it instead.")
    path = f"/api/v1/posts/{answer['job_id']}"
    assert two.read(path)["actions"] == ["edit", "schedule", "cancel", "retry", "delete"]
    before = two.published()
    retried = two.home.ask("POST", f"{path}/retry", {"platforms": [bad["id"]]})
    assert retried.status in {200, 202}, retried.body
    until(lambda: two.read(path)["status"] == "published")
    assert two.published() - before == Counter([second])


def test_a_draft_gains_and_loses_accounts(two: TwoPages) -> None:
    first, second = two.pages
    path = two.draft(accounts={"facebook": first}, image_provider="none")
    only = two.read(path)
    assert only["accounts"] == {"facebook": first}
    both = two.home.ask("PATCH", path, {"accounts": {"facebook": [first, second]}}).body
    assert both["accounts"] == {"facebook": [first, second]}
    assert both["platforms"][0]["id"] == only["platforms"][0]["id"]
    turned = two.home.ask("PATCH", path, {"accounts": {"facebook": [second, first]}}).body
    assert [result["account_id"] for result in turned["platforms"]] == [second, first]
    one = two.home.ask("PATCH", path, {"accounts": {"facebook": second}}).body
    assert [result["account_id"] for result in one["platforms"]] == [second]
    unchanged = two.home.ask("PATCH", path, {"content": "Altro", "platforms": ["facebook"]}).body
    assert unchanged["accounts"] == {"facebook": second}
    copied = two.home.ask("POST", f"{path}/duplicate").body
    assert copied["accounts"] == {"facebook": second}


def ready(two: TwoPages, path: str) -> list[Any]:
    until(lambda: all(result["image_state"] == "ready" for result in two.read(path)["platforms"]))
    results: list[Any] = two.read(path)["platforms"]
    return results


def media_of(results: list[Any]) -> list[str]:
    return [result["image_url"].rsplit("/", 1)[1].split(".")[0] for result in results]


def test_a_platforms_picture_is_paid_for_once_and_changes_for_all_accounts(
    two: TwoPages, image_provider: FakeImageProvider
) -> None:
    path = two.draft(content="Un faro", base_image_prompt="faro", image_provider="openai")
    two.home.ask("POST", f"{path}/images/facebook/regenerate", {"variant": 0})
    first = media_of(ready(two, path))
    assert (first[0] == first[1], image_provider.seen.count("faro")) == (True, 1)
    two.home.ask("POST", f"{path}/images/facebook/regenerate")
    again = media_of(ready(two, path))
    assert (again[0] == again[1], again[0] != first[0], image_provider.seen.count("faro")) == (True, True, 2)
    # By its id one delivery is changed alone.
    second = two.read(path)["platforms"][1]["id"]
    two.home.ask("POST", f"{path}/images/{second}/regenerate")
    alone = media_of(ready(two, path))
    assert (alone[0] == again[0], alone[1] != again[0], image_provider.seen.count("faro")) == (True, True, 3)
    chosen = two.home.ask("POST", f"{path}/images/facebook/choose", {"media_id": first[0]}).body["platforms"]
    assert media_of(chosen) == first


def test_a_picture_of_ones_own_is_shared_with_an_account_that_is_added(two: TwoPages) -> None:
    medium = two.home.upload(encode_picture(quarters((1300, 900)))).body["id"]
    path = two.draft(accounts={"facebook": two.pages[0]}, images={"facebook": medium}, image_provider="none")
    both = two.home.ask("PATCH", path, {"accounts": {"facebook": two.pages}}).body["platforms"]
    assert [(result["image_state"], result["image_origin"]) for result in both] == [("ready", "given")] * 2
    assert len(set(media_of(both))) == 1
    cropped = {"facebook": {"crop": {"x": 0, "y": 0, "w": 0.5, "h": 0.5}}}
    after = two.home.ask("PATCH", path, {"images": cropped}).body["platforms"]
    assert len(set(media_of(after))) == 1
    assert media_of(after) != media_of(both)


def test_the_pictures_of_a_post_are_those_of_deliveries_that_live(two: TwoPages) -> None:
    mediums = [two.home.upload(encode_picture(quarters(size))).body["id"] for size in ((1310, 900), (1320, 900))]
    path = two.draft(images={"facebook": mediums[0]}, image_provider="none")
    shown = media_of(two.read(path)["platforms"])
    two.home.ask("PATCH", path, {"images": {"facebook": mediums[1]}})
    first, second = (result["id"] for result in two.read(path)["platforms"])
    two.home.ask("POST", f"{path}/cancel", {"platforms": [first]})
    two.home.ask("POST", f"{path}/images/{second}/choose", {"media_id": shown[1]})
    after = two.read(path)
    assert [result["state"] for result in after["platforms"]] == ["cancelled", "draft"]
    assert after["images"]["facebook"]["media_id"] == mediums[0]
    # Of cancelled deliveries alone, the first one's picture is shown.
    two.home.ask("POST", f"{path}/cancel")
    ended = two.read(path)
    assert {result["state"] for result in ended["platforms"]} == {"cancelled"}
    assert ended["images"]["facebook"]["media_id"] == mediums[1]


def test_a_slot_is_free_only_when_it_is_free_on_every_account(two: TwoPages) -> None:
    def next_slot(account: str) -> str:
        slots = two.home.ask("GET", f"/api/v1/accounts/{account}/slots?limit=1").body["data"]
        return str(slots[0]["schedule_time"])

    taken = next_slot(two.pages[1])
    two.home.create(accounts={"facebook": two.pages[1]}, schedule_time=taken, image_provider="offline")
    made = two.create(schedule_time="next_free_slot", image_provider="offline").body
    assert made["schedule_time"] > taken
    assert next_slot(two.pages[0]) == taken


def test_a_request_for_single_accounts_is_answered_as_before(two: TwoPages) -> None:
    first = two.pages[0]
    answer = two.home.create(accounts={"facebook": first}, image_provider="offline").body
    assert list(answer) == [
        *("job_id", "status", "platforms", "total_platforms", "successful", "failed", "images_generated"),
        *("total_time", "schedule_time", "zone", "wall_time"),
    ]
    assert (answer["status"], answer["total_platforms"], answer["successful"], answer["failed"]) == ("draft", 1, 0, 0)
    result = answer["platforms"][0]
    added = {"id", "account", "actions", "not_possible", "image_remade"}
    made = {"image_url", "image_state", "image_provider", "image_alt"}
    assert {name: value for name, value in result.items() if name not in added | made} == {
        "platform": "facebook",
        "success": None,
        "state": "draft",
        "may_be_decided": False,
        "post_id": None,
        "post_url": None,
        "error": None,
        "error_code": None,
        "image_shape": "16:9",
        "image_notes": [],
        "image_origin": "made",
        "image_variant": 0,
        "image_locked": False,
        "text_over_picture": False,
        "pictures": [],
        "notes": [],
        "account_id": first,
        "delivery_id": result["id"],
    }
    stored = two.read(f"/api/v1/posts/{answer['job_id']}")
    assert stored["accounts"] == {"facebook": first}
    # Where it is the only one, a platform's name is enough.
    cancelled = two.home.ask("POST", f"/api/v1/posts/{answer['job_id']}/cancel", {"platforms": ["facebook"]})
    assert (cancelled.status, cancelled.body["status"]) == (200, "cancelled")
