"""Messages for people: every key is in every catalogue and used, with the values that its texts name."""

from __future__ import annotations

import ast
import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import araldo.platforms  # noqa: F401 - merges the services' texts in
from araldo.messages import (
    LANGUAGES,
    Message,
    add_texts,
    machine_language,
    message_in,
    message_of,
    text_in,
    texts_of,
)
from araldo.messages.times import TIME_TEXTS, ZonedInstant
from tests.support.sources import ROOT, SOURCE, python_files, trees_with

_PLACE = re.compile(r"\{([a-z_]+)\}")


# Araldo's texts, each service's, the sandbox's own and those of the scaffold for a new platform.
FOLDERS = sorted(
    file.parent.relative_to(ROOT) for part in ("src", "tools") for file in (ROOT / part).rglob("messages/en.json")
)


def keys_of(file: Path) -> set[str]:
    return set(json.loads(file.read_text("utf-8")))


@cache
def uses() -> list[tuple[Path, ast.Call]]:
    """Every `Message(...)` of the source."""
    files = [file for file in python_files(SOURCE) if "sandbox" not in file.parts]
    return [
        (file, node)
        for file, tree in trees_with(r"\bMessage\b", files)
        if file != SOURCE / "messages" / "__init__.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Message"
    ]


def key_of(call: ast.Call) -> str:
    assert isinstance(call.args[0], ast.Constant), f"the key is no literal: {ast.unparse(call)}"
    return str(call.args[0].value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_is_used_has_a_text_and_every_text_is_used(language: str) -> None:
    used, written = {key_of(call) for _, call in uses()} | set(TIME_TEXTS), set(texts_of(language))
    missing, unused = sorted(used - written), sorted(written - used)
    assert (missing, unused) == ([], []), f"{language}.json lacks {missing} and has {unused} without use"


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_every_folder_of_texts_has_a_file_for_each_language_with_the_same_keys(folder: Path) -> None:
    english = keys_of(ROOT / folder / "en.json")
    for language in LANGUAGES:
        file = ROOT / folder / f"{language}.json"
        assert file.exists(), f"{folder}/{language}.json is missing"
        missing, unknown = sorted(english - keys_of(file)), sorted(keys_of(file) - english)
        assert (missing, unknown) == ([], []), f"{folder}/{language}.json lacks {missing}; English lacks {unknown}"


def test_a_text_that_a_language_lacks_is_said_in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en.json").write_text(json.dumps({"quillo.hello": "Hello."}))
    monkeypatch.setattr("araldo.messages._texts", {language: {} for language in LANGUAGES})
    add_texts(tmp_path)
    assert [Message("quillo.hello").to(language) for language in LANGUAGES] == ["Hello."] * len(LANGUAGES)


def test_the_texts_of_a_key_name_the_same_values_in_every_language() -> None:
    for key in texts_of("en"):
        places = {language: sorted(set(_PLACE.findall(texts_of(language)[key]))) for language in LANGUAGES}
        assert len({tuple(names) for names in places.values()}) == 1, (key, places)


def test_the_values_given_are_those_that_the_text_names() -> None:
    for file, call in uses():
        if len(call.args) < 2 or not isinstance(call.args[1], ast.Dict):
            continue
        names = {key.value for key in call.args[1].keys if isinstance(key, ast.Constant)}
        assert names == set(_PLACE.findall(texts_of("en")[key_of(call)])), (file.name, key_of(call))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_the_days_and_the_months(language: str) -> None:
    weekdays, months = (texts_of(language)[key].split() for key in ("time.weekdays", "time.months"))
    assert (len(set(weekdays)), len(set(months))) == (7, 12)


def test_times_are_formatted_for_people_in_one_module_only() -> None:
    for file, tree in trees_with("%|strftime", python_files(SOURCE)):
        if "sandbox" in file.parts or file == SOURCE / "messages" / "times.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
                assert "%" not in ast.unparse(node.format_spec), f"{file}:{node.lineno}"
            if isinstance(node, ast.Attribute):
                assert node.attr != "strftime", f"{file}:{node.lineno}"


def test_catalogues_are_sorted_and_a_services_keys_begin_with_its_name() -> None:
    for file in SOURCE.rglob("messages/*.json"):
        keys = list(json.loads(file.read_text("utf-8")))
        assert keys == sorted(keys), file
        if file.parent.parent.parent.name == "platforms":
            assert all(key.startswith(f"{file.parent.parent.name}.") for key in keys), file


def test_a_text_that_is_there_already_is_not_replaced(tmp_path: Path) -> None:
    key, text = next(iter(texts_of("en").items()))
    for language in LANGUAGES:
        (tmp_path / f"{language}.json").write_text(json.dumps({key: f"not {text}"}))
    with pytest.raises(ValueError, match=re.escape(key)):
        add_texts(tmp_path)


def test_values_may_be_messages_and_lists_of_them() -> None:
    inner = Message("send.pictures_missing", {"label": "Wall", "shown": 1, "sent": 2})
    outer = Message("timeline.attempt_refused", {"why": [inner, inner]})
    for language in LANGUAGES:
        assert outer.to(language).count(inner.to(language)) == 2


def test_a_stored_message_is_the_same_when_it_is_read() -> None:
    kept = Message("timeline.attempt_refused", {"why": Message("send.no_clear_answer", {"count": 3})})
    stored = json.loads(json.dumps(kept.as_json()))
    assert message_of(stored) == kept
    assert message_in({"message": stored}) == kept


def test_a_stored_instant_is_written_in_the_readers_language() -> None:
    expires = ZonedInstant(datetime(2031, 1, 29, 15, 0, tzinfo=UTC), "Europe/Rome")
    kept = Message("timeline.attempt_refused", {"why": Message("health.access_expires", {"day": expires})})
    stored = json.loads(json.dumps(kept.as_json()))
    inner = {"day": {"instant": "2031-01-29T15:00:00+00:00", "zone": "Europe/Rome"}}
    assert stored["values"]["why"]["values"] == inner
    assert message_of(stored) == kept
    said = {language: message_of(stored["values"]["why"]).to(language) for language in ("en", "es", "it")}
    assert said["en"].startswith("Access expires on Wed 29 Jan 2031, 16:00 (Europe/Rome).")
    assert said["es"].startswith("El acceso caduca el mié 29 ene 2031, 16:00 (Europe/Rome).")
    assert said["it"].startswith("L'accesso scade il mer 29 gen 2031, 16:00 (Europe/Rome).")


def test_a_time_that_was_stored_as_text_is_shown_as_it_is() -> None:
    stored = {"key": "health.access_expires", "values": {"day": "2031-01-29 15:00 UTC"}}
    assert text_in({"message": stored}, "it") == (
        "L'accesso scade il 2031-01-29 15:00 UTC. Ricollega l'account prima di allora."
    )


def test_texts_that_were_stored_before_there_were_keys_are_shown_as_they_are() -> None:
    detail = {"sentence": {"en": "It has ended.", "it": "È finito."}}
    assert (text_in(detail, "en"), text_in(detail, "it")) == ("It has ended.", "È finito.")
    again = message_of(json.loads(json.dumps(message_of(detail["sentence"]).as_json())))
    assert again.to("it") == "È finito."
    assert text_in(None, "it") is None
    assert text_in({"code": "x"}, "it") is None


@given(st.text())
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    text = Message("timeline.attempt_refused", {"why": value}).to("en")
    assert text.endswith(value)
    assert Message("timeline.attempt_refused", {"why": "{why} {0.__class__}"}).to("en").endswith("{why} {0.__class__}")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "it_IT.UTF-8"}, "it"),
        ({"LANG": "it_IT.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "en_GB", "LC_ALL": "it_CH@euro"}, "it"),
        ({"LANG": "it_IT.UTF-8", "LC_ALL": ""}, "it"),
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "it_IT.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_machines_language_is_that_of_its_locale_else_english(environment: dict[str, str], language: str) -> None:
    assert machine_language(environment) == language
