"""Messages for people: every key is in every catalogue and used, with the values that its texts name."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import araldo.platforms  # noqa: F401 - merges the services' texts in
from araldo.messages import LANGUAGES, Message, add_texts, message_in, message_of, text_in, texts_of

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "araldo"
_PLACE = re.compile(r"\{([a-z_]+)\}")


def uses() -> Iterator[tuple[Path, ast.Call]]:
    """Every `Message(...)` of the source."""
    for file in SOURCE.rglob("*.py"):
        if "sandbox" in file.parts or file.parent.name == "messages":
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Message":
                yield file, node


def key_of(call: ast.Call) -> str:
    assert isinstance(call.args[0], ast.Constant), f"the key is no literal: {ast.unparse(call)}"
    return str(call.args[0].value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_is_used_has_a_text_and_every_text_is_used(language: str) -> None:
    assert {key_of(call) for _, call in uses()} == set(texts_of(language))


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
