"""What looks like a secret is struck out, whatever stands around it."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from yarl import URL

from araldo.redaction import redact

TOKEN = "EAA" + "b" * 80


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"Malformed access token {TOKEN}.", "Malformed access token [struck out]."),
        (f"?access_token={TOKEN}&x=1", "?[struck out]&x=1"),
        ("Authorization: Bearer ara_abcdefghijklmnop", "Authorization: [struck out]"),
        (
            json.dumps({"m": "could not be fetched from this URI: http://h/a.jpg?expires=1&signature=abc_DEF-123"}),
            '{"m": "could not be fetched from this URI: http://h/a.jpg?expires=1&[struck out]"}',
        ),
        ("araldo_session=aras_abcdefghijklmnop; Path=/", "araldo_session=[struck out]; Path=/"),
        ("http://h/sign-in#aral_abcdefghijklmnop", "http://h/sign-in#[struck out]"),
        ("http://h/invitation#arai_abcdefghijklmnop", "http://h/invitation#[struck out]"),
        ("http://h/approval#arap_abcdefghijklmnop", "http://h/approval#[struck out]"),
        ("a client_secret=shh and more", "a [struck out] and more"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_secrets_are_redacted(text: str, left: str) -> None:
    assert redact(text) == left


ODD_SECRET = '12:AA/b+c d"é'


@pytest.mark.parametrize(
    "shape",
    [
        ODD_SECRET,
        quote(ODD_SECRET),
        quote(ODD_SECRET, safe=""),
        re.sub("%..", lambda code: code[0].lower(), quote(ODD_SECRET, safe="")),
        quote_plus(ODD_SECRET),
        str(URL("http://h/").joinpath(ODD_SECRET)).removeprefix("http://h/"),
        json.dumps(ODD_SECRET)[1:-1],
        json.dumps(ODD_SECRET, ensure_ascii=False)[1:-1].replace("/", "\\/"),
        html.escape(ODD_SECRET),
    ],
)
def test_a_known_secret_is_redacted_in_every_shape(shape: str) -> None:
    assert redact(f"before {shape} after", [ODD_SECRET, "other"]) == "before [struck out] after"


def test_a_secret_within_another_leaves_nothing_of_it() -> None:
    assert redact("abcdefgh", ["cdef", "abcdefgh"]) == "[struck out]"


def test_too_short_values_are_left() -> None:
    assert redact("a cat", ["a", "", "cat"]) == "a cat"
