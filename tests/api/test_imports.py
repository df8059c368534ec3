"""Import of posts from a file: a dry run that makes nothing, rows that are made whole and once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from araldo.tables.models import FILE_MAX_BYTES
from tests.api.conftest import connected_workspace
from tests.images.pictures import encode_picture, quarters
from tests.sandbox.meta import picture_host
from tests.support.browsing import signed_in
from tests.support.running_system import Reply, RunningSystem, ask, start_system
from tests.support.serving import serve

HEADER = ["Testo", "Piattaforme", "Data", "Ora", "Immagine", "Budget"]
GOOD = ["Ciao a tutti", "Facebook", "2099-01-31", "10:00"]
NO_PICTURES = "image_provider=none"
POSTS = "/api/v1/posts"


def table(*rows: list[str], header: list[str] = HEADER) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([header, *rows])
    return text.getvalue().encode("utf-8-sig")


def imported(home: RunningSystem, *rows: list[str], query: str = "", **headers: str) -> Any:
    reply = home.import_posts(table(*rows), f"?{NO_PICTURES}{query}", **headers)
    assert reply.status == 200, reply.raw
    return reply.body


def posts_of(home: RunningSystem) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = home.ask("GET", f"{POSTS}?limit=100").body["data"]
    return found


def problems_of(answer: Any) -> list[tuple[int, str | None, str]]:
    return [(row["row"], problem["column"], problem["code"]) for row in answer["rows"] for problem in row["problems"]]


@pytest.fixture
def pictures() -> Iterator[str]:
    with serve(picture_host()) as url:
        yield url


def test_a_dry_run_shows_every_rows_problems_and_makes_nothing(home: RunningSystem) -> None:
    answer = imported(
        home,
        GOOD,
        ["", "myspace", "03/04/2099", "10:00"],
        ["Ciao", "instagram_story, Facebook", "2001-01-01", "9:00"],
        ["Ciao", "facebook", "2099-01-01", "", "nave.jpg"],
        query="&dry_run=true&intent=schedule",
    )
    assert problems_of(answer) == [
        (3, "Data", "date_ambiguous"),
        (3, "Testo", "empty"),
        (3, "Piattaforme", "platform_unknown"),
        (4, "Piattaforme", "picture_needed"),
        (4, "Data", "time_past"),
        (5, "Ora", "time_unreadable"),
        (5, "Immagine", "media_unknown"),
    ]
    assert (answer["dry_run"], answer["total"], answer["valid"], answer["invalid"]) == (True, 4, 1, 3)
    assert (answer["columns"]["text"], answer["unknown_columns"]) == ("Testo", ["Budget"])
    good = answer["rows"][0]
    assert (good["row"], good["title"], good["status"], good["post_id"]) == (2, "Ciao a tutti", "valid", None)
    assert (good["intent"], good["wall_time"], good["platforms"]) == ("schedule", "2099-01-31T10:00:00", ["facebook"])
    assert answer["rows"][2]["platforms"] == ["instagram_story", "facebook"]
    assert answer["rows"][1]["problems"][0]["suggestions"] == ["2099-04-03", "2099-03-04"]
    assert posts_of(home) == []


def test_the_order_of_day_and_month_can_be_said_where_the_dates_do_not_tell(home: RunningSystem) -> None:
    rows = ["Uno", "facebook", "03/04/2099", "10:00"]
    for order, day in {"day_first": "2099-04-03", "month_first": "2099-03-04"}.items():
        answer = imported(home, rows, query=f"&dry_run=true&day_order={order}")
        assert [row["wall_time"] for row in answer["rows"]] == [f"{day}T10:00:00"]
    told = imported(home, rows, ["Due", "facebook", "13/04/2099", "10:00"], query="&dry_run=true&day_order=month_first")
    assert told["rows"][0]["wall_time"] == "2099-04-03T10:00:00"


def test_a_dry_run_tells_what_is_there_already(either: RunningSystem) -> None:
    made = imported(either, GOOD, Idempotency_Key="k")["rows"][0]["post_id"]
    again = imported(either, GOOD, ["Nuovo", "facebook"], query="&dry_run=true", Idempotency_Key="k")
    assert [(row["status"], row["post_id"]) for row in again["rows"]] == [("already_imported", made), ("valid", None)]
    assert (again["already_imported"], again["valid"]) == (1, 1)
    other = imported(either, GOOD, query="&dry_run=true&intent=schedule", Idempotency_Key="k")
    assert problems_of(other) == [(2, None, "idempotency_key_reused")]
    assert imported(either, GOOD, query="&dry_run=true", Idempotency_Key="l")["valid"] == 1
    assert len(posts_of(either)) == 1


def test_problems_are_in_the_callers_language(home: RunningSystem) -> None:
    for language, detail in {
        "it": "Il post non ha testo. Scrivine uno.",
        "es": "La publicación no tiene texto. Escribe algo.",
    }.items():
        answer = imported(home, ["", "facebook"], query="&dry_run=true", Accept_Language=language)
        assert answer["rows"][0]["problems"][0]["detail"] == detail


def test_good_rows_are_imported_and_the_others_are_not(either: RunningSystem) -> None:
    draft = ["Bozza", "facebook"]
    answer = imported(either, GOOD, ["", "facebook"], draft, query="&intent=schedule")
    assert [(row["row"], row["status"]) for row in answer["rows"]] == [
        (2, "imported"),
        (3, "invalid"),
        (4, "imported"),
    ]
    assert (answer["imported"], answer["invalid"], answer["total"]) == (2, 1, 3)
    made = {post["job_id"]: post for post in posts_of(either)}
    scheduled, later = (made[answer["rows"][at]["post_id"]] for at in (0, 2))
    assert (scheduled["content"], scheduled["status"]) == ("Ciao a tutti", "scheduled")
    assert (scheduled["wall_time"], scheduled["zone"]) == ("2099-01-31T10:00:00", answer["rows"][0]["zone"])
    assert (later["content"], later["status"], later["schedule_time"]) == ("Bozza", "draft", None)
    assert either.meta.published_ids() == []


def test_as_drafts_the_times_are_only_planned(home: RunningSystem) -> None:
    imported(home, GOOD)
    (post,) = posts_of(home)
    assert (post["status"], post["wall_time"]) == ("draft", "2099-01-31T10:00:00")


def test_a_row_is_imported_once_with_a_key_also_from_a_corrected_file(either: RunningSystem) -> None:
    twice = ["Due volte", "facebook"]
    first = imported(either, GOOD, ["", "facebook"], twice, twice, Idempotency_Key="k")
    again = imported(either, twice, ["Corretto", "facebook"], GOOD, twice, Idempotency_Key="k")
    assert [row["status"] for row in again["rows"]] == [
        "already_imported",
        "imported",
        "already_imported",
        "already_imported",
    ]
    ids = [row["post_id"] for row in first["rows"]]
    assert [row["post_id"] for row in again["rows"]] == [ids[2], again["rows"][1]["post_id"], ids[0], ids[3]]
    assert sorted(post["content"] for post in posts_of(either)) == [
        "Ciao a tutti",
        "Corretto",
        "Due volte",
        "Due volte",
    ]


def test_the_same_import_at_the_same_time_makes_each_row_once(either: RunningSystem) -> None:
    rows = [[f"Post {index}", "facebook"] for index in range(5)]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: imported(either, *rows, Idempotency_Key="k"), range(3)))
    assert {tuple(row["post_id"] for row in answer["rows"]) for answer in answers} == {
        tuple(row["post_id"] for row in answers[0]["rows"])
    }
    assert len(posts_of(either)) == 5


def test_a_key_with_another_intent_makes_no_row_twice(home: RunningSystem) -> None:
    imported(home, GOOD, Idempotency_Key="k")
    other = imported(home, GOOD, query="&intent=schedule", Idempotency_Key="k")
    assert problems_of(other) == [(2, None, "idempotency_key_reused")]
    assert len(posts_of(home)) == 1


def test_rows_are_sent_as_they_are_done(home: RunningSystem) -> None:
    reply = home.import_posts(
        table(GOOD, ["", "facebook"]), f"?{NO_PICTURES}", Accept="text/event-stream", Idempotency_Key="k"
    )
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = [part.split("\n") for part in reply.raw.decode().split("\n\n") if part.startswith("event: ")]
    assert [event[0] for event in events] == ["event: row", "event: row", "event: done"]
    rows = [json.loads(event[1].removeprefix("data: ")) for event in events]
    assert [row["status"] for row in rows[:2]] == ["imported", "invalid"]
    assert rows[2]["rows"] == rows[:2]
    assert len(posts_of(home)) == 1


def test_spreadsheets_are_imported(home: RunningSystem) -> None:
    book = Workbook()
    book.active.append(["Texto", "Plataformas"])
    book.active.append(["Hola", "Facebook"])
    data = io.BytesIO()
    book.save(data)
    assert home.import_posts(data.getvalue(), f"?{NO_PICTURES}").body["imported"] == 1


def test_a_library_picture_is_named_by_its_file_or_id(home: RunningSystem) -> None:
    first = home.upload(encode_picture(quarters((900, 900)), "JPEG"), "faro.jpg", alt="Un faro").body["id"]
    home.upload(encode_picture(quarters((800, 900)), "JPEG"), "mare.jpg")
    second = home.upload(encode_picture(quarters((900, 800)), "JPEG"), "mare.jpg").body["id"]
    answer = imported(
        home,
        ["Uno", "facebook", "", "", "faro.jpg"],
        ["Due", "facebook, instagram", "", "", second],
        ["Tre", "facebook", "", "", "mare.jpg"],
    )
    assert problems_of(answer) == [(4, "Immagine", "media_ambiguous")]
    made = {post["content"]: post for post in posts_of(home)}
    shown = {text: {name: at["media_id"] for name, at in post["images"].items()} for text, post in made.items()}
    assert shown == {"Uno": {"facebook": first}, "Due": {"facebook": second, "instagram": second}}
    assert made["Uno"]["platforms"][0]["image_alt"] == "Un faro"


def test_a_picture_by_url_is_fetched_once_when_its_rows_are_made(tmp_path: Path, pictures: str) -> None:
    with start_system(tmp_path, fetch={"allow": [pictures.removeprefix("http://")]}) as home:
        rows = [[text, "facebook", "", "", f"{pictures}/900x900.jpg"] for text in ("Uno", "Due")]
        gone = ["Tre", "facebook", "", "", f"{pictures}/nothing-here.jpg"]
        assert imported(home, *rows, query="&dry_run=true")["valid"] == 2
        assert home.ask("GET", "/api/v1/media").body["data"] == []
        answer = imported(home, *rows, gone)
        assert [row["status"] for row in answer["rows"]] == ["imported", "imported", "invalid"]
        assert problems_of(answer) == [(4, "Immagine", "media_not_fetched")]
        assert len(home.ask("GET", "/api/v1/media").body["data"]) == 1
        assert sorted(post["content"] for post in posts_of(home)) == ["Due", "Uno"]


def test_a_picture_from_a_private_address_is_not_fetched(home: RunningSystem) -> None:
    answer = imported(home, ["Uno", "facebook", "", "", "http://127.0.0.1/x.jpg"])
    assert problems_of(answer) == [(2, "Immagine", "media_not_fetched")]
    assert posts_of(home) == []


async def test_another_workspaces_pictures_and_posts_are_not_seen(home: RunningSystem) -> None:
    name = "faro.jpg"
    medium = home.upload(encode_picture(quarters((900, 900)), "JPEG"), name).body["id"]
    other = replace(home, key=await connected_workspace(home, "Other"))
    answer = imported(other, ["Uno", "facebook", "", "", name], ["Due", "facebook", "", "", medium], GOOD)
    assert [code for _, _, code in problems_of(answer)] == ["media_unknown", "media_unknown"]
    assert posts_of(home) == []
    assert len(posts_of(other)) == 1


def test_a_key_that_may_only_draft_schedules_nothing(home: RunningSystem) -> None:
    made = signed_in(home).ask("POST", "/api/v1/keys", {"name": "narrow", "scopes": ["read", "draft"]})
    narrow = replace(home, key=made.body["key"])
    refused = narrow.import_posts(table(GOOD), f"?{NO_PICTURES}&intent=schedule")
    assert (refused.status, refused.body["code"]) == (403, "permission_missing")
    assert imported(narrow, GOOD)["imported"] == 1


def refusal(reply: Reply) -> tuple[int, str, str]:
    return reply.status, reply.body["errors"][0]["pointer"], reply.body["errors"][0]["code"]


def test_what_is_no_table_of_posts_is_refused(home: RunningSystem) -> None:
    assert refusal(home.import_posts(table(header=["Testo"]))) == (422, "/file", "no_rows")
    assert refusal(home.import_posts(table(["x"], header=["Datum"]))) == (422, "/file", "column_missing")
    assert refusal(home.import_posts(b"PK\x03\x04damaged")) == (422, "/file", "file_damaged")
    assert refusal(home.import_posts(table(GOOD), "?image_provider=magic")) == (
        422,
        "/image_provider",
        "provider_unknown",
    )
    assert home.import_posts(b"x" * (FILE_MAX_BYTES + 1)).status == 413
    assert home.import_posts(b"x" * (FILE_MAX_BYTES + 100_000)).status == 413
    auth = {"Authorization": f"Bearer {home.key}"}
    path = f"{home.url}{POSTS}/import"
    assert refusal(ask("POST", path, {"file": "x"}, auth)) == (422, "/file", "missing")
    field = b'--e\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--e--\r\n'
    form = {**auth, "Content-Type": "multipart/form-data; boundary=e"}
    assert refusal(ask("POST", path, headers=form, data=field)) == (422, "/other", "unknown_field")
    assert home.import_posts(table(GOOD), "?dryrun=true").status == 422
    assert posts_of(home) == []
