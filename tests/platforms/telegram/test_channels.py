"""Names of channels as people write them, and links to posts."""

from __future__ import annotations

import pytest

from araldo.platforms.telegram.bot_api import is_token
from araldo.platforms.telegram.channels import link_to, parse_channel
from tests.platforms.telegram.stage import TOKEN


@pytest.mark.parametrize(
    ("written", "chat_id"),
    [
        ("@studio_demo", "@studio_demo"),
        (" studio_demo\n", "@studio_demo"),
        ("https://t.me/studio_demo", "@studio_demo"),
        ("t.me/s/studio_demo", "@studio_demo"),
        ("https://t.me/studio_demo/42?single", "@studio_demo"),
        ("-1002000000101", "-1002000000101"),
        ("https://t.me/c/2000000101/42", "-1002000000101"),
        ("https://t.me/+AbCdEfGhIjKl", None),
        ("-42", None),
        ("2000000101", None),
        ("@a", None),
        ("@no-name", None),
        ("https://example.com/studio_demo", None),
        ("@studio_demo/../getMe", None),
        ("", None),
    ],
)
def test_a_channel_is_named_by_its_name_its_id_or_a_link(written: str, chat_id: str | None) -> None:
    assert parse_channel(written) == chat_id


@pytest.mark.parametrize(
    ("chat", "link"),
    [
        ({"id": -1002000000101, "username": "studio_demo"}, "https://t.me/studio_demo/7"),
        ({"id": -1002000000101}, "https://t.me/c/2000000101/7"),
        ({"id": -42}, None),
        ({"username": "a/../b"}, None),
        ({}, None),
    ],
)
def test_a_post_has_the_documented_link_of_its_channel(chat: dict[str, object], link: str | None) -> None:
    assert link_to("https://t.me", chat, 7) == link


@pytest.mark.parametrize(
    ("text", "expected"),
    [(TOKEN, True), (f"{TOKEN}/../x", False), (f"{TOKEN}\n", False), ("7000000001", False), ("EAA" + "x" * 60, False)],
)
def test_a_token_that_could_change_the_url_is_none(text: str, expected: bool) -> None:
    assert is_token(text) is expected
