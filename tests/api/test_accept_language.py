"""The language of an answer, by Accept-Language (RFC 9110, 12.5.4)."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from araldo.api.problems import requested_language


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("it", "it"),
        ("it-IT,it;q=0.9,en;q=0.8", "it"),
        ("en;q=0.5, it", "it"),
        ("en;q=0.1, es-MX;q=0.35, it;q=0.3", "es"),
        ("de, en ; q=0.2, it ;q=0.200", "en"),
        ("it;q=0, en;q=0.001", "en"),
        ("it;q=0.0", None),
        ("it;q=2, es;q=0.1", "es"),
        ("it;q=high, es;q=0.1", "es"),
        ("it;;q=1, es;q=0.1", "es"),
        ("*, de", None),
        ("", None),
        (",".join(["it;q=0.1"] * 500 + ["es;q=0.2"]), "es"),
    ],
)
def test_the_language_of_the_highest_weight_is_used(header: str, expected: str | None) -> None:
    request = Request({"type": "http", "headers": [(b"accept-language", header.encode())]})
    assert requested_language(request) == expected
