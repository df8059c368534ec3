"""Rules without a server: record keys, identities, errors, the titles of pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from araldo.errors import OutcomeUnknown, OutsideError, PrepareAgain, ReconnectNeeded, Rejected, TryLater
from araldo.http_exchange import HttpResponse
from araldo.platforms.bluesky.errors import TABLE, error_of
from araldo.platforms.bluesky.identity import clean_host, clean_identifier
from araldo.platforms.bluesky.link_card import read_title
from araldo.platforms.bluesky.tid import make_tid
from araldo.platforms.caller import Answer

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_a_record_key_is_a_tid_in_the_order_of_time() -> None:
    # The example of a TID in the protocol's specification, taken apart and put together.
    number = 0
    for character in "3jzfcijpj2z2a":
        number = number << 5 | "234567abcdefghijklmnopqrstuvwxyz".index(character)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number >> 10)
    assert make_tid(moment, f"{number & 1023:032x}") == "3jzfcijpj2z2a"
    keys = [make_tid(NOW + timedelta(microseconds=step), "ff" if step % 2 else "00") for step in range(5)]
    assert keys == sorted(keys)
    assert make_tid(NOW, "01") != make_tid(NOW, "02")


@pytest.mark.parametrize(
    ("typed", "handle"),
    [
        (" @name.bsky.social ", "name.bsky.social"),
        ("\u202a\u2068name.example\u2069", "name.example"),
        ("https://bsky.app/profile/name.example/post/3k", "name.example"),
        ("at://did:plc:abc", "did:plc:abc"),
        ("a@example.org", "a@example.org"),
    ],
)
def test_a_handle_is_taken_as_people_copy_it(typed: str, handle: str) -> None:
    assert clean_identifier(typed) == handle


def test_a_server_is_its_base_url() -> None:
    assert clean_host("pds.example") == "https://pds.example"
    assert clean_host(" https://pds.example/xrpc/ ") == "https://pds.example"
    assert clean_host("http://127.0.0.1:2583") == "http://127.0.0.1:2583"


def error(status: int, name: str | None, *, visible: bool, headers: dict[str, str] | None = None) -> OutsideError:
    body = b"<html>" if name is None else json.dumps({"error": name, "message": "secret-secret"}).encode()
    answer = Answer(HttpResponse(status, headers or {}, body), ["secret-secret"], NOW)
    return error_of(answer, NOW, visible=visible)


@pytest.mark.parametrize(
    ("status", "name", "kind", "visible"),
    [
        (400, "ExpiredToken", TryLater, TryLater),
        (400, "InvalidToken", ReconnectNeeded, ReconnectNeeded),
        (401, "AuthenticationRequired", ReconnectNeeded, ReconnectNeeded),
        (401, "AuthFactorTokenRequired", ReconnectNeeded, ReconnectNeeded),
        (401, "AccountTakedown", ReconnectNeeded, ReconnectNeeded),
        (401, "SomethingNew", ReconnectNeeded, ReconnectNeeded),
        (403, "AccountNotFound", ReconnectNeeded, ReconnectNeeded),
        (400, "RepoDeactivated", ReconnectNeeded, ReconnectNeeded),
        (400, "InvalidSwap", TryLater, OutcomeUnknown),
        (400, "BlobNotFound", PrepareAgain, PrepareAgain),
        (413, "PayloadTooLarge", Rejected, Rejected),
        (400, "BlobTooLarge", Rejected, Rejected),
        (400, "InvalidMimeType", Rejected, Rejected),
        (400, "InvalidRequest", Rejected, Rejected),
        (400, "SomethingNew", Rejected, Rejected),
        (403, "Forbidden", Rejected, Rejected),
        (429, "RateLimitExceeded", TryLater, TryLater),
        (429, None, TryLater, TryLater),
        (500, "InternalServerError", TryLater, OutcomeUnknown),
        (502, "UpstreamFailure", TryLater, OutcomeUnknown),
        (503, None, TryLater, OutcomeUnknown),
        (501, "MethodNotImplemented", Rejected, Rejected),
        (404, None, TryLater, OutcomeUnknown),
        (302, None, TryLater, OutcomeUnknown),
    ],
)
def test_what_an_error_means(
    status: int, name: str | None, kind: type[OutsideError], visible: type[OutsideError]
) -> None:
    assert type(error(status, name, visible=False)) is kind
    assert type(error(status, name, visible=True)) is visible


def test_every_error_with_a_rule_has_a_text_and_no_words_of_the_service() -> None:
    for name in (*TABLE, "SomethingNew"):
        found = error(400, name, visible=False)
        assert (found.code, found.service) == (name, "bluesky")
        assert {found.message.to("en"), found.message.to("it")} & {found.message.key} == set()
        assert "secret-secret" not in repr(found.as_json())


def test_a_limit_lasts_until_it_is_reset() -> None:
    def waits(**headers: str) -> float:
        found = error(429, "RateLimitExceeded", visible=True, headers=headers)
        assert isinstance(found, TryLater)
        return found.after_s

    reset = int(NOW.timestamp()) + 90
    assert waits(**{"ratelimit-reset": str(reset)}) == 90
    assert waits(**{"ratelimit-reset": "soon"}) == 300
    assert waits(**{"Retry-After": "7"}) == 7
    assert waits(**{"ratelimit-reset": "9" * 30}) == 86_400


def test_the_title_of_a_page_is_its_own_for_sharing() -> None:
    page = """<title>Plain</title><META name='description' content='Of the page'>
        <meta content="Uno &amp; due" property="og:title"><meta property="og:description" content="A  b\n c">"""
    assert read_title(page) == ("Uno & due", "A b c")
    assert read_title("<title lang=it> Plain </title><meta name=description>") == ("Plain", "")
    assert read_title("<meta " * 200_000) == ("", "")
    assert len(read_title(f"<title>{'a' * 999}</title>")[0]) == 300


def test_the_packages_of_the_tests_server_are_locked_by_digest_and_to_no_host() -> None:
    lock = json.loads((Path(__file__).parent / "pds" / "package-lock.json").read_text())["packages"]
    assert [name for name, package in lock.items() if "resolved" in package] == []
    assert [name for name, package in lock.items() if name and "integrity" not in package] == []
