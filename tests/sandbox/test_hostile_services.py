"""Invalid requests to Mastodon and Telegram get an error of theirs, never a server error of the sandbox."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from araldo.sandbox.app import create_app
from araldo.sandbox.common.disk import DiskStorage
from tests.sandbox.control import Control
from tests.sandbox.test_hostile import DEEP, JSON, ODD
from tests.sandbox.test_telegram import TOKEN
from tests.support.running_system import ask
from tests.support.serving import serve_made

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
USER = {"Authorization": "Bearer sandbox-mastodon-token"}
CALLS = [
    ("POST", "/api/v1/apps", ["client_name", "redirect_uris", "scopes", "website"]),
    ("POST", "/oauth/token", ["grant_type", "client_id", "client_secret", "code", "scope", "redirect_uri"]),
    ("POST", "/oauth/revoke", ["client_id", "client_secret", "token"]),
    ("POST", "/oauth/authorize", ["client_id", "redirect_uri", "scope", "account", "code_challenge", "state"]),
    ("POST", "/api/v1/statuses", ["status", "media_ids", "spoiler_text", "visibility", "language", "sensitive"]),
    ("POST", "/api/v2/media", ["file", "description", "focus"]),
    ("GET", "/api/v1/accounts/110000000000000101/statuses", ["limit", "max_id", "min_id", "since_id", "only_media"]),
    ("POST", f"/bot{TOKEN}/getChatMember", ["chat_id", "user_id"]),
    ("POST", f"/bot{TOKEN}/sendMessage", ["text", "entities", "parse_mode"]),
    ("POST", f"/bot{TOKEN}/sendPhoto", ["photo", "caption"]),
    ("POST", f"/bot{TOKEN}/sendMediaGroup", ["media"]),
    ("POST", f"/bot{TOKEN}/deleteMessage", ["message_id"]),
]


@pytest.mark.parametrize(("method", "path", "names"), CALLS)
def test_odd_values_are_refused(control: Control, method: str, path: str, names: list[str]) -> None:
    control.set("mastodon", rate_limit=100_000, media_rate_limit=100_000)
    right = {"chat_id": "@studio_demo", "text": "ciao", "media": '[{"type": "photo", "media": "attach://x"}]'}
    for value in ODD:
        for name in names:
            sent = (right if path.startswith("/bot") else {}) | {name: value}
            form = urlencode(sent, errors="replace").encode()
            if method == "GET":
                statuses = [ask("GET", f"{control.url}{path}?{form.decode()}", headers=USER).status]
            else:
                body = json.dumps(sent).encode()
                statuses = [
                    ask(method, control.url + path, headers=USER | FORM, data=form).status,
                    ask(method, control.url + path, headers=USER | JSON, data=body).status,
                ]
            assert max(statuses) < 500, (path, name, value[:20])


@pytest.mark.parametrize("path", ["/api/v1/statuses", f"/bot{TOKEN}/sendMessage"])
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (JSON, b"{"),
        (JSON, b"[]"),
        (JSON, b"\xff\xfe"),
        (JSON, DEEP.encode()),
        ({"Content-Type": "multipart/form-data"}, b"rubbish"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"rubbish"),
    ],
)
def test_bodies_that_cannot_be_read_are_refused(
    control: Control, path: str, headers: dict[str, str], body: bytes
) -> None:
    assert ask("POST", control.url + path, headers=USER | headers, data=body).status in {400, 422}


def test_odd_json_inside_of_parameters_is_refused(control: Control) -> None:
    for odd in (
        '[{"type": "photo", "media": "\\ud800"}]',
        "[1]",
        "{}",
        DEEP,
        "NaN",
        '[{"type": "photo", "media": {}}]',
    ):
        sent = {"chat_id": "@studio_demo", "media": odd}
        assert ask("POST", f"{control.url}/bot{TOKEN}/sendMediaGroup", sent).status == 400
        sent = {"chat_id": "@studio_demo", "text": "ciao", "entities": odd}
        assert ask("POST", f"{control.url}/bot{TOKEN}/sendMessage", sent).status == 400


@pytest.mark.parametrize("name", ["²", "\x00", "..%2F..%2Fworld.db", "a" * 5000, "{}"])
def test_odd_paths_are_not_found(control: Control, name: str) -> None:
    odd = quote(name, safe="%")
    for path in (f"/@{odd}", f"/@studio/{odd}", f"/t.me/{odd}", f"/t.me/files/{odd}", f"/api/v1/statuses/{odd}"):
        # A slash in a name makes it a path that no service has, which the Graph refuses with 400.
        assert ask("GET", control.url + path).status in ({400, 404} if "%2F" in name else {404})
    for path in (f"/system/media_attachments/files/original/{odd}.jpeg", f"/system/accounts/avatars/{odd}.svg"):
        assert ask("GET", control.url + path).status in {400, 404}


def test_texts_are_escaped_on_the_pages(control: Control) -> None:
    hostile = '<script>alert(1)</script> http://a.b/"><img src=x onerror=y> #<i>'
    ask("POST", f"{control.url}/api/v1/statuses", {"status": hostile, "spoiler_text": hostile[:30]}, headers=USER)
    ask("POST", f"{control.url}/bot{TOKEN}/sendMessage", {"chat_id": "@studio_demo", "text": hostile})
    for path in ("/@studio", "/t.me/studio_demo"):
        page = ask("GET", control.url + path).raw.decode()
        assert "&lt;script&gt;" in page
        assert "<script" not in page
        assert "<img src=x" not in page
        assert f'href="{path}"' in ask("GET", f"{control.url}/").raw.decode()


def test_records_survive_a_restart_and_new_services_get_their_samples(tmp_path: Path) -> None:
    for turn in range(2):
        with serve_made(lambda url: create_app(public_url=url, data_dir=tmp_path)) as url:
            control = Control(url)
            if turn == 0:
                control.set("mastodon", max_characters=7)
                ask("POST", f"{url}/api/v1/statuses", {"status": "ciao"}, headers=USER)
                disk = DiskStorage(tmp_path)
                disk.write({("telegram.user", user["id"]): None for user in control.state("telegram")["users"]})
                disk.write({("telegram.chat", chat["id"]): None for chat in control.state("telegram")["chats"]})
                disk.write({("telegram.member", one["id"]): None for one in control.state("telegram")["members"]})
                disk.close()
            else:
                assert control("GET", "settings")["mastodon"]["max_characters"] == 7
                assert [status["text"] for status in control.state("mastodon")["statuses"]] == ["ciao"]
                assert ask("GET", f"{url}/bot{TOKEN}/getMe").status == 200
