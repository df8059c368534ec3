"""Import of posts from a file in a browser: every row is seen before anything is made, and then accounted for."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from openpyxl import Workbook
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import PHONE, Browse
from tests.browser.file_drop import drop_file
from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem

HEADER = ["Testo", "Piattaforme", "Data", "Ora", "Budget"]
POSTS = "/api/v1/posts"


def csv_file(*rows: list[str], name: str = "ottobre.csv") -> FilePayload:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([HEADER, *rows])
    return {"name": name, "mimeType": "text/csv", "buffer": text.getvalue().encode("utf-8-sig")}


def choose(page: Page, file: FilePayload, button: str = "Choose a file") -> None:
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name=button).click()
    choosing.value.set_files([file])


def posts_of(home: RunningSystem, words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = home.ask("GET", f"{POSTS}?limit=100&q={words}").body["data"]
    return found


def row(page: Page, text: str) -> Any:
    return page.get_by_role("row").filter(has_text=text)


def test_every_row_is_seen_before_posts_are_made_and_then_accounted_for(home: RunningSystem, page: Page) -> None:
    sign_in(page, home).goto("/posts")
    page.get_by_role("link", name="Import").click()
    expect(page.get_by_role("heading", level=1, name="Import posts")).to_be_focused()
    assert_accessible(page)
    good = ["Castagne arrivate", "Facebook", "2099-01-31", "10:00", ""]
    choose(page, csv_file(good, ["", "myspace", "2099-01-31", "", ""], ["Castagne, bozza", "Facebook", "", "", ""]))
    expect(page.get_by_text("2 rows can be imported. 1 row has a problem and is left out.")).to_be_visible()
    expect(page.get_by_text("Columns that are not imported: Budget")).to_be_visible()
    bad = row(page, "(no text)")
    expect(bad).to_contain_text("Left out")
    expect(bad.get_by_role("list", name="Problems")).to_contain_text("Piattaforme: ")
    expect(row(page, "Castagne arrivate")).to_contain_text("31 Jan 2099, 10:00")
    assert_accessible(page)
    assert posts_of(home, "castagne") == []
    page.get_by_role("button", name="Create and schedule 2 posts").click()
    expect(page.get_by_text("2 posts are created.")).to_be_visible()
    expect(page.get_by_text("1 row was not imported")).to_be_visible()
    assert {post["content"]: post["status"] for post in posts_of(home, "castagne")} == {
        "Castagne arrivate": "scheduled",
        "Castagne, bozza": "draft",
    }
    expect(row(page, "Castagne arrivate").get_by_role("link", name="Castagne arrivate")).to_be_visible()
    assert_accessible(page)
    corrected = ["Castagne corrette", "Facebook", "2099-01-31", "11:00", ""]
    drop_file(page, csv_file(good, corrected))
    expect(page.get_by_text("1 row can be imported. 1 row was imported in the last 24 hours")).to_be_visible()
    page.get_by_role("button", name="Create and schedule 1 post").click()
    expect(page.get_by_text("1 post is created.")).to_be_visible()
    assert len(posts_of(home, "castagne")) == 3
    page.get_by_role("link", name="See the scheduled posts").click()
    expect(page.get_by_role("link", name="Castagne corrette")).to_be_visible()


def test_a_date_that_could_be_two_days_is_asked_for(home: RunningSystem, page: Page) -> None:
    sign_in(page, home).goto("/posts/import")
    choose(page, csv_file(["Mele nuove", "Facebook", "03/04/2099", "10:00", ""]))
    ambiguous = row(page, "Mele nuove")
    expect(ambiguous).to_contain_text(re.compile("2099-04-03.*2099-03-04"))
    assert_accessible(page)
    page.get_by_text("Day first", exact=True).click()
    expect(ambiguous).to_contain_text("3 Apr 2099, 10:00")
    page.get_by_text("Month first", exact=True).click()
    expect(ambiguous).to_contain_text("4 Mar 2099, 10:00")
    page.get_by_role("radio", name="Drafts only").check()
    expect(ambiguous).to_contain_text("planned")
    page.get_by_role("button", name="Create 1 draft").click()
    expect(page.get_by_text("1 post is created.")).to_be_visible()
    (post,) = posts_of(home, "mele")
    assert (post["status"], post["wall_time"]) == ("draft", "2099-03-04T10:00:00")


def test_many_rows_are_stopped_and_continued_and_none_is_made_twice(
    home: RunningSystem, page: Page, monitor: PageMonitor
) -> None:
    sign_in(page, home).goto("/posts/import")
    book = Workbook()
    book.active.append(["Text", "Platforms"])
    for index in range(1000):
        book.active.append([f"Noci {index}", "Facebook"])
    data = io.BytesIO()
    book.save(data)
    choose(page, {"name": "noci.xlsx", "mimeType": "application/octet-stream", "buffer": data.getvalue()})
    page.get_by_role("switch", name="Generate pictures for rows without one").uncheck(force=True)
    expect(page.get_by_text("1000 rows can be imported.")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(101)
    page.get_by_role("button", name="Show 100 more rows").click()
    expect(page.get_by_role("row")).to_have_count(201)
    page.get_by_role("button", name="Create 1000 drafts").click()
    expect(page.get_by_role("progressbar", name="Progress of the import")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped: ")).to_be_visible()
    page.get_by_role("button", name="Continue the import").click()
    # Of a thousand rows, so that there is time to stop: where other work has both cores they take most of a minute.
    expect(page.get_by_text(re.compile(r"\d+ posts? (is|are) created\."))).to_be_visible(timeout=120_000)
    cursor, contents = "", []
    while True:
        reply = home.ask("GET", f"{POSTS}?limit=100&q=noci{cursor}").body
        contents += [post["content"] for post in reply["data"]]
        if not reply["has_more"]:
            break
        cursor = f"&cursor={reply['next_cursor']}"
    assert sorted(contents) == sorted(f"Noci {index}" for index in range(1000))


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ({"name": "foto.csv", "mimeType": "text/csv", "buffer": b"PK\x03\x04x"}, "The file is damaged"),
        ({"name": "vuoto.csv", "mimeType": "text/csv", "buffer": b"Datum;Inhalt\n1;2\n"}, 'No column is named "text"'),
        ({"name": "grande.csv", "mimeType": "text/csv", "buffer": b"x" * (6 * 1024 * 1024)}, "larger than 5 MB"),
    ],
)
def test_a_file_that_is_no_table_says_why(
    home: RunningSystem, page: Page, monitor: PageMonitor, file: FilePayload, reason: str
) -> None:
    monitor.allow("status of 422")
    sign_in(page, home).goto("/posts/import")
    choose(page, file)
    expect(page.get_by_text(reason)).to_be_visible()
    assert_accessible(page)


def test_on_a_phone_in_italian_from_the_palette(home: RunningSystem, browse: Browse) -> None:
    page = sign_in(browse(PHONE, "dark", "it-IT"), home, "it")
    page.goto("/")
    page.get_by_role("button", name="Cerca pagine, azioni e post").click()
    page.get_by_role("combobox").fill("importa")
    page.get_by_role("option", name="Importa post da un file").click()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Scarica un esempio").click()
    assert downloading.value.suggested_filename == "esempio-post.csv"
    example = downloading.value.path().read_bytes()
    assert example.startswith(b"\xef\xbb\xbf")
    choose(page, {"name": "e.csv", "mimeType": "text/csv", "buffer": example}, "Scegli un file")
    expect(page.get_by_text("2 righe si possono importare.")).to_be_visible()
    rows = page.get_by_role("list", name="Le righe")
    expect(rows.get_by_role("listitem")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)


def test_the_posts_of_the_list_are_exported_with_its_filters(home: RunningSystem, page: Page) -> None:
    for text in ("Zucca gialla", "Zucca verde", "Porri"):
        assert home.ask("POST", POSTS, {"content": text, "platforms": ["facebook"]}).status == 201
    sign_in(page, home).goto("/posts?q=zucca")
    page.get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Columns are separated by")).to_have_value("comma")
    assert_accessible(page)
    with page.expect_download() as downloading:
        dialog.get_by_role("button", name="Download the file").click()
    expect(dialog).to_have_count(0)
    assert re.fullmatch(r"araldo-posts-\d{4}-\d\d-\d\d\.csv", downloading.value.suggested_filename)
    text = downloading.value.path().read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {row["text"] for row in rows} == {"Zucca gialla", "Zucca verde"}
    page.get_by_role("button", name="Export").click()
    dialog.get_by_role("radio", name="Data for programs (JSON)").check()
    with page.expect_download() as downloading:
        dialog.get_by_role("button", name="Download the file").click()
    assert {post["content"] for post in json.loads(downloading.value.path().read_bytes())["data"]} == {
        "Zucca gialla",
        "Zucca verde",
    }
