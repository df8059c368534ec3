"""Export of posts with their results: complete, without formulas, and of one workspace."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.tables.formulas import mark_formula, unmark_formula
from tests.api.conftest import connected_workspace
from tests.support.running_system import Reply, RunningSystem

EXPORT = "/api/v1/posts/export"


def rows_of(reply: Reply, delimiter: str = ",") -> list[dict[str, str]]:
    assert reply.status == 200, reply.raw
    text = reply.raw.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_every_delivery_is_a_row_with_its_result(either: RunningSystem) -> None:
    either.meta.fault(path="/media_publish", kind="graph_error", error={"code": 100, "message": "no"})
    done = either.create(
        platforms=["facebook", "instagram"], content='Ciao; "a"\ntutti', hashtags=["uno"], publish_immediately=True
    ).body
    draft = either.ask("POST", "/api/v1/posts", {"content": "Bozza", "note": "per noi"}).body
    reply = either.ask("GET", EXPORT)
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="araldo-posts-' in reply.headers["content-disposition"]
    assert reply.raw.startswith(b"\xef\xbb\xbf")
    rows = {(row["post_id"], row["platform"]): row for row in rows_of(reply)}
    facebook, instagram = (rows.pop((done["job_id"], name)) for name in ("facebook", "instagram"))
    url = {one["platform"]: one["post_url"] for one in done["platforms"]}["facebook"]
    assert (facebook["state"], facebook["post_url"], facebook["error"]) == ("published", url, "")
    assert facebook["published_at"]
    assert (instagram["state"], instagram["status"], bool(instagram["error"])) == ("failed", "partial", True)
    assert (facebook["text"], facebook["hashtags"]) == ('Ciao; "a"\ntutti', "uno")
    (last,) = rows.values()
    assert (last["post_id"], last["text"], last["note"], last["state"]) == (draft["job_id"], "Bozza", "per noi", "")


def test_json_has_posts_as_they_are_read(either: RunningSystem) -> None:
    made = [either.create(content=f"Post {index}", image_provider="offline").body["job_id"] for index in range(2)]
    reply = either.ask("GET", f"{EXPORT}?format=json")
    assert reply.headers["content-type"] == "application/json"
    posts = {post["job_id"]: post for post in reply.body["data"]}
    assert set(posts) == set(made)
    whole = either.ask("GET", f"/api/v1/posts/{made[0]}").body
    compared = ("content", "status", "created_at", "rev", "hashtags", "schedule_time")
    assert {name: posts[made[0]][name] for name in compared} == {name: whole[name] for name in compared}
    assert json.loads(either.ask("GET", f"{EXPORT}?format=json&status=failed").raw) == {"data": []}


def test_more_posts_than_one_part_are_all_exported_once(home: RunningSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("araldo.api.exports._PART", 2)
    for index in range(5):
        assert home.ask("POST", "/api/v1/posts", {"content": f"Post {index}"}).status == 201
    assert [row["text"] for row in rows_of(home.ask("GET", EXPORT))] == [f"Post {index}" for index in range(4, -1, -1)]
    texts = [post["content"] for post in home.ask("GET", f"{EXPORT}?format=json").body["data"]]
    assert texts == [f"Post {index}" for index in range(4, -1, -1)]


def test_the_filters_are_those_of_the_list(home: RunningSystem) -> None:
    for text in ("Faro di notte", "Mare"):
        home.ask("POST", "/api/v1/posts", {"content": text})
    assert [row["text"] for row in rows_of(home.ask("GET", f"{EXPORT}?q=faro&delimiter=semicolon"), ";")] == [
        "Faro di notte"
    ]
    assert rows_of(home.ask("GET", f"{EXPORT}?from=2090-01-01T00:00:00Z")) == []
    assert home.ask("GET", f"{EXPORT}?format=xml").status == 422


@pytest.mark.parametrize("text", ["=1+1", "+39 000", "-5", "@all", "'=quoted", "''@x"])
def test_what_a_spreadsheet_would_run_is_marked_and_imported_as_it_was(home: RunningSystem, text: str) -> None:
    home.ask("POST", "/api/v1/posts", {"content": text, "platforms": ["facebook"]})
    reply = home.ask("GET", EXPORT)
    assert rows_of(reply)[0]["text"] == f"'{text}"
    again = home.import_posts(reply.raw, "?image_provider=none").body
    assert (again["imported"], again["rows"][0]["title"]) == (1, text)
    assert {post["content"] for post in home.ask("GET", "/api/v1/posts").body["data"]} == {text}


@given(st.text(st.sampled_from("'=+-@\t\r\na ")))
def test_a_mark_is_removed_as_it_was_made(text: str) -> None:
    marked = mark_formula(text)
    assert not marked.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert unmark_formula(marked) == text


async def test_another_workspaces_posts_are_not_exported(home: RunningSystem) -> None:
    home.ask("POST", "/api/v1/posts", {"content": "Nostro"})
    other: Any = replace(home, key=await connected_workspace(home, "Other"))
    assert rows_of(other.ask("GET", EXPORT)) == []
    assert other.ask("GET", f"{EXPORT}?format=json").body == {"data": []}
