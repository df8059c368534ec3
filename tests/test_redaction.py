"""What looks like a secret is struck out, whatever stands around it."""

from __future__ import annotations

import json

import pytest

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
        ("a client_secret=shh and more", "a [struck out] and more"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_secrets_are_redacted(text: str, left: str) -> None:
    assert redact(text) == left
