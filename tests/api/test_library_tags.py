"""Tags of library pictures over HTTP: set, spell, filter, search, count."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.api.test_library import MEDIA, PHOTO, errors
from tests.support.running_system import RunningSystem


def _upload(home: RunningSystem, name: str, tags: str = "") -> str:
    made = home.upload(PHOTO, name, **({"tags": tags} if tags else {}))
    assert made.status == 201, made.raw
    return str(made.body["id"])


def _found(home: RunningSystem, query: str) -> set[str]:
    return {medium["filename"] for medium in home.ask("GET", f"{MEDIA}?{query}").body["data"]}


def test_pictures_are_tagged_and_found_by_their_tags(home: RunningSystem) -> None:
    sea = _upload(home, "sea.jpg", "Estate,  Mare aperto , estate,")
    hill = _upload(home, "hill.jpg")
    assert home.ask("GET", f"{MEDIA}/{sea}").body["tags"] == ["Estate", "Mare aperto"]
    tagged = home.ask("PATCH", f"{MEDIA}/{hill}", {"tags": ["ESTATE", "Colline"]})
    # The workspace's first spelling stays.
    assert (tagged.status, tagged.body["tags"], tagged.body["alt"]) == (200, ["Colline", "Estate"], "")
    assert _found(home, "tag=estate") == {"sea.jpg", "hill.jpg"}
    assert _found(home, "tag=estate&tag=mare%20aperto") == {"sea.jpg"}
    assert _found(home, "tag=inverno") == set()
    assert _found(home, "q=colline") == {"hill.jpg"}
    listed = home.ask("GET", f"{MEDIA}/tags").body["data"]
    assert listed == [{"tag": name, "count": n} for name, n in (("Colline", 1), ("Estate", 2), ("Mare aperto", 1))]
    described = home.ask("PATCH", f"{MEDIA}/{hill}", {"alt": "Una collina"}).body
    assert (described["alt"], described["tags"]) == ("Una collina", ["Colline", "Estate"])
    assert _found(home, "q=colline") == {"hill.jpg"}
    assert home.ask("PATCH", f"{MEDIA}/{hill}", {"tags": []}).body["tags"] == []
    assert _found(home, "q=colline") == set()
    assert home.ask("DELETE", f"{MEDIA}/{sea}").status == 204
    assert home.ask("GET", f"{MEDIA}/tags").body["data"] == []


@pytest.mark.parametrize(
    ("tags", "at"),
    [
        (["x" * 41], "/tags/0"),
        (["a,b"], "/tags/0"),
        ([""], "/tags/0"),
        (["a"] * 21, "/tags"),
        (["\u0958" * 21], "/tags/0"),
    ],
)
def test_tags_that_cannot_be_stored_are_refused(home: RunningSystem, tags: list[str], at: str) -> None:
    medium = _upload(home, "sea.jpg")
    refused = home.ask("PATCH", f"{MEDIA}/{medium}", {"tags": tags})
    assert (refused.status, [pointer for pointer, _ in errors(refused)]) == (422, [at])
    assert home.ask("GET", f"{MEDIA}/{medium}").body["tags"] == []


def test_a_form_with_a_tag_that_is_too_long_is_refused(home: RunningSystem) -> None:
    refused = home.upload(PHOTO, tags="x" * 41)
    assert (refused.status, errors(refused)) == (422, [("/tags", "string_too_long")])
    assert home.ask("GET", f"{MEDIA}?tag={quote('x' * 41)}").status == 422


def test_a_repeated_upload_with_other_tags_is_another_request(home: RunningSystem) -> None:
    assert home.upload(PHOTO, tags="a", Idempotency_Key="k").status == 201
    assert home.upload(PHOTO, tags="a", Idempotency_Key="k").status == 201
    assert home.upload(PHOTO, tags="b", Idempotency_Key="k").status == 422
