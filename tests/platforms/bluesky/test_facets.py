"""Facets by byte offsets, and what is a mention."""

from __future__ import annotations

from typing import Any

import pytest

from araldo.platforms.bluesky.facets import build_facets, find_handles, find_links
from araldo.platforms.bluesky.languages import parse_languages

DIDS = {"anna-bella.example.com": "did:plc:anna", "b.test": "did:web:b.test"}


def marked(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what each facet marks, cut out of the text's bytes as readers' apps do, and what it means."""
    data = text.encode()
    return [
        (data[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), facet["features"][0])
        for facet in build_facets(text, DIDS)
    ]


def test_offsets_count_bytes_and_not_characters() -> None:
    text = "Perché 👩‍👩‍👧 https://è.example/città #novità e @Anna-Bella.example.com, araldo.it."
    assert [(part, feature["$type"].rpartition("#")[2]) for part, feature in marked(text)] == [
        ("https://è.example/città", "link"),
        ("#novità", "tag"),
        ("@Anna-Bella.example.com", "mention"),
        ("araldo.it", "link"),
    ]
    link, tag, mention, bare = [feature for _, feature in marked(text)]
    assert link["uri"] == "https://xn--8ca.example/citt%C3%A0"
    assert (tag["tag"], mention["did"], bare["uri"]) == ("novità", "did:plc:anna", "https://araldo.it")


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@b.test.", ["b.test"]),
        ("(@b.test) @B.TEST", ["b.test"]),
        ("me@b.test", []),
        ("@b", []),
        ("@b..test", []),
        ("@-b.test", []),
        ("@b.1", []),
        ("https://b.test/@c.test", []),
        ("@b.test-", ["b.test"]),
    ],
)
def test_a_mention_is_a_whole_handle(text: str, handles: list[str]) -> None:
    assert find_handles(text) == handles


def test_a_mention_without_an_identity_and_an_endless_tag_stay_plain_text() -> None:
    assert marked(f"@nobody.test #{'a' * 65}") == []
    assert [part for part, _ in marked(f"#{'a' * 64}")] == [f"#{'a' * 64}"]


def test_the_links_of_a_text_are_complete_uris() -> None:
    assert find_links("araldo.it, http://b.test/x?y=1") == ["https://araldo.it", "http://b.test/x?y=1"]


def test_languages_are_up_to_three_tags() -> None:
    assert parse_languages(" it,en  pt-BR it") == ("it", "en", "pt-BR")
    assert parse_languages("") == ()
    for wrong in ("it, en, de, fr", "italiano", "it_IT", "😀"):
        assert parse_languages(wrong) is None
