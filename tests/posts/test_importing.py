"""Rows of a table as requests for posts: names of columns, dates that are never guessed, problems by column."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.errors import PostInvalid, Problem
from araldo.posts.importing.columns import NAMES, Column, find_columns
from araldo.posts.importing.rows import Import, ImportRow, read_import
from araldo.posts.importing.times import DayOrder, find_day_order, read_moment
from araldo.posts.timing import RequestedTime
from araldo.tables.models import Cell, Row
from tests.support.made_up_platforms import DECLARATIONS


def imported(*rows: list[Cell], intent: str = "schedule") -> Import:
    table = [Row(number, cells) for number, cells in enumerate(rows, 1)]
    return read_import(
        table, DECLARATIONS, intent="schedule" if intent == "schedule" else "draft", default_zone="Europe/Rome"
    )


def only_row(*rows: list[Cell], intent: str = "schedule") -> ImportRow:
    (row,) = imported(*rows, intent=intent).rows
    return row


def wall(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(date(year, month, day), time(hour, minute, second))


@pytest.mark.parametrize(
    "header",
    [
        ["Text", "Platforms", "Date", "Time", "Picture", "Alt text"],
        ["TESTO", "Piattaforme", "Data", "Ora", "Immagine", "testo_alternativo"],
        ["Texto", "Plataformas", "Fecha", "Hora", "Imagen", "Texto-alternativo"],
    ],
)
def test_columns_are_recognized_in_each_language(header: list[Cell]) -> None:
    columns = find_columns(Row(1, header))
    wanted = [Column.TEXT, Column.PLATFORMS, Column.DATE, Column.TIME, Column.PICTURE, Column.ALT]
    assert (list(columns.positions), list(columns.names.values()), columns.unknown) == (wanted, header, [])


def test_unknown_columns_are_named() -> None:
    assert find_columns(Row(1, ["Text", "Budget", "", date(2030, 1, 1)])).unknown == ["Budget", "2030-01-01"]


@pytest.mark.parametrize(
    ("header", "code"),
    [(["Datum", "Inhalt"], "column_missing"), (["text", "Contenuto"], "column_repeated")],
)
def test_a_table_without_its_columns_is_refused(header: list[Cell], code: str) -> None:
    with pytest.raises(PostInvalid) as refused:
        imported(header, ["x", "y"])
    assert [(problem.pointer, problem.code) for problem in refused.value.problems] == [("/file", code)]


def test_no_name_stands_for_two_columns() -> None:
    names = [name for names in NAMES.values() for name in names]
    assert len(names) == len(set(names))


def test_a_row_is_a_request_for_a_post() -> None:
    label = next(iter(DECLARATIONS.values())).label
    row = only_row(
        ["text", "cta", "hashtags", "platforms", "date", "zone", "picture", "alt", "prompt", "note"],
        [
            " Ciao\r\na tutti ",
            "Vieni",
            "#uno due, #UNO",
            f"{label.upper()}; nowhere",
            "2030-01-31 10:00",
            "Europe/Madrid",
            "faro.jpg",
            "Un faro",
            "A lighthouse",
            "per noi",
        ],
    )
    new = row.new
    assert (new.content, new.cta, new.hashtags, new.image_prompt) == (
        "Ciao\na tutti",
        "Vieni",
        ["uno", "due"],
        "A lighthouse",
    )
    assert (new.platforms, new.note) == ([next(iter(DECLARATIONS)), "nowhere"], "per noi")
    assert (new.intent, new.due_at, new.zone) == ("schedule", wall(2030, 1, 31, 10), "Europe/Madrid")
    assert (row.number, row.picture, row.alt, row.problems) == (2, "faro.jpg", "Un faro", [])


def test_a_time_without_a_zone_is_a_wall_time_of_the_workspace() -> None:
    assert only_row(["text", "date"], ["x", "2030-01-31 10:00"]).new.zone == "Europe/Rome"
    assert only_row(["text", "date"], ["x", "2030-01-31T10:00+02:00"]).new.zone is None
    assert only_row(["text", "date"], ["x", "2030-01-31T10:00[Asia/Tokyo]"]).new.zone == "Asia/Tokyo"


def test_rows_without_a_time_and_all_of_an_import_as_drafts_are_drafts() -> None:
    assert only_row(["text", "date"], ["x"]).new.intent == "draft"
    draft = only_row(["text", "date"], ["x", "2030-01-31 10:00"], intent="draft").new
    assert (draft.intent, draft.due_at) == ("draft", wall(2030, 1, 31, 10))


def test_problems_name_their_column() -> None:
    found = imported(["Testo", "Data", "Nota"], ["x", "03/04/2030 10:00", "n" * 2_001])
    named = {(found.column_of(problem), problem.code) for problem in found.rows[0].problems}
    assert named == {("Data", "date_ambiguous"), ("Nota", "string_too_long")}
    assert found.column_of(Problem("/platforms/0", "x", found.rows[0].problems[0].message)) is None


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/04/2030", "13/04/2030"], DayOrder.DAY_FIRST),
        (["03/04/2030 10:00", "04.13.2030"], DayOrder.MONTH_FIRST),
        (["03/04/2030", "05/06/2030", "04/04/2030"], DayOrder.UNKNOWN),
        (["13/04/2030", "04/13/2030"], DayOrder.UNKNOWN),
        (["2030-04-03", date(2030, 4, 3), "", "soon", "99/99/2030"], DayOrder.UNKNOWN),
    ],
)
def test_the_order_of_day_and_month_is_the_only_one_in_which_all_dates_exist(
    cells: list[Cell], order: DayOrder
) -> None:
    assert find_day_order(cells) is order


def test_a_date_that_could_be_two_days_is_refused_with_both() -> None:
    problem = read_moment("03/04/2030 10:00", "", DayOrder.UNKNOWN)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.suggestions) == ("date_ambiguous", ("2030-04-03", "2030-03-04"))
    assert problem.message.to("it") == (
        '"03/04/2030 10:00" può essere 2030-04-03 o 2030-03-04. Scrivi quella che intendi.'
    )


@pytest.mark.parametrize(
    ("date_cell", "time_cell", "order", "moment"),
    [
        ("03/04/2030", "10:30", DayOrder.DAY_FIRST, wall(2030, 4, 3, 10, 30)),
        ("03/04/2030", "10:30", DayOrder.MONTH_FIRST, wall(2030, 3, 4, 10, 30)),
        ("04/04/2030", "10.30", DayOrder.UNKNOWN, wall(2030, 4, 4, 10, 30)),
        ("25-12-2030 18:00:05", "", DayOrder.UNKNOWN, wall(2030, 12, 25, 18, 0, 5)),
        ("25.12.2030, 9:00 pm", "", DayOrder.UNKNOWN, wall(2030, 12, 25, 21)),
        ("2030/4/3", "12 AM", DayOrder.UNKNOWN, wall(2030, 4, 3, 0)),
        ("2030-04-03", "9h05", DayOrder.UNKNOWN, wall(2030, 4, 3, 9, 5)),
        (date(2030, 4, 3), time(9, 5), DayOrder.UNKNOWN, wall(2030, 4, 3, 9, 5)),
        (wall(2030, 4, 3, 9, 5), "", DayOrder.UNKNOWN, wall(2030, 4, 3, 9, 5)),
    ],
)
def test_dates_and_times_of_day_are_read(date_cell: Cell, time_cell: Cell, order: DayOrder, moment: datetime) -> None:
    assert read_moment(date_cell, time_cell, order) == RequestedTime(moment)


@pytest.mark.parametrize(
    ("date_cell", "time_cell", "code"),
    [
        ("31/02/2030", "10:00", "date_unreadable"),
        ("3/4/30", "10:00", "date_unreadable"),
        ("tomorrow", "", "date_unreadable"),
        ("", "10:00", "date_unreadable"),
        (time(9), "", "date_unreadable"),
        ("2030-04-03", "", "time_unreadable"),
        ("2030-04-03", "10", "time_unreadable"),
        ("2030-04-03", "25:00", "time_unreadable"),
        ("2030-04-03", "13 pm", "time_unreadable"),
        (date(2030, 4, 3), "", "time_unreadable"),
        ("2030-04-03 10:00", "11:00", "time_twice"),
    ],
)
def test_what_is_no_moment_is_a_problem(date_cell: Cell, time_cell: Cell, code: str) -> None:
    problem = read_moment(date_cell, time_cell, DayOrder.UNKNOWN)
    assert isinstance(problem, Problem)
    assert problem.code == code


@given(st.dates(date(2026, 1, 1)), st.sampled_from("./-"), st.booleans())
def test_a_date_is_read_as_written_or_refused_with_it_among_the_readings(
    day: date, separator: str, day_first: bool
) -> None:
    parts = [f"{day.day:02}", f"{day.month:02}"] if day_first else [f"{day.month:02}", f"{day.day:02}"]
    said = separator.join([*parts, f"{day.year:04}"])
    read = read_moment(said, "10:00", find_day_order([said]))
    if isinstance(read, Problem):
        assert day.isoformat() in read.suggestions
        assert len(set(read.suggestions)) == 2
    else:
        assert read is not None
        assert read.moment.date() == day


@given(st.lists(st.text(max_size=20), min_size=11, max_size=11))
def test_any_text_is_read_or_a_problem(cells: list[str]) -> None:
    row = only_row([names[0] for names in NAMES.values()], list(cells))
    assert row.new.content == row.new.content.strip()
