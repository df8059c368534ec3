"""From nothing to a post on an instance, through our API: log in, publish with a picture, read it back, disconnect."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from mastodon import Mastodon

from araldo.app import Araldo
from araldo.asgi import create_web
from araldo.settings import Settings
from tests.platforms.contract import jpeg
from tests.support.leaks import LEAK_DETECTOR
from tests.support.login_dialog import complete_login
from tests.support.migrated import copy_migrated_file
from tests.support.running_system import RunningSystem, connect_accounts, running_sandbox, settings_for
from tests.support.serving import serve_made


@pytest.fixture
def home(tmp_path: Path) -> Iterator[RunningSystem]:
    """Start a system that may call the sandbox's instance, without accounts."""
    made: list[tuple[Settings, str]] = []

    def make(url: str) -> FastAPI:
        settings = settings_for(
            tmp_path, sandbox.url, port=int(url.rpartition(":")[2]), fetch={"allow": [urlsplit(sandbox.url).netloc]}
        )
        copy_migrated_file(settings.data_dir / "araldo.db")
        made.append((settings, asyncio.run(connect_accounts(settings, None))))
        return create_web(Araldo(settings))

    with running_sandbox() as sandbox, serve_made(make) as url:
        yield RunningSystem(url, made[0][1], sandbox, made[0][0])


def connect(home: RunningSystem) -> dict[str, Any]:
    """Connect the seeded account by a log-in, and return it."""
    body = {"service": "mastodon", "method": "login", "answers": {"instance": home.meta.url}}
    begun = home.ask("POST", "/api/v1/connections", body)
    assert begun.status == 201, begun.raw
    complete_login(begun.body["login_url"])
    path = f"/api/v1/connections/{begun.body['id']}"
    found = home.ask("GET", path).body
    assert found["status"] == "pending", found
    chosen = home.ask("POST", f"{path}/choose", {"group_ids": [found["groups"][0]["id"]]})
    account: dict[str, Any] = chosen.body["data"][0]
    return account


def test_a_post_is_published_through_the_api_and_read_back_by_another_client(home: RunningSystem) -> None:
    account = connect(home)
    assert (account["health"], account["host"], account["platforms"]) == ("ok", home.meta.url, ["mastodon"])
    media = home.upload(jpeg(1600, 900), alt="Un mare calmo").body
    reply = home.create(
        content="Ciao a tutti https://example.org/a",
        platforms=["mastodon"],
        platform_images={"mastodon": media["id"]},
        options={"mastodon": {"content_warning": "Mare", "visibility": "unlisted", "language": "it"}},
        publish_immediately=True,
    )
    result = reply.body["platforms"][0]
    assert (reply.body["status"], result["state"]) == ("published", "published"), reply.body
    client: Any = Mastodon(access_token="sandbox-mastodon-token", api_base_url=home.meta.url)
    (status,) = client.account_statuses(client.me())
    assert result["post_url"] == status.url
    assert (status.spoiler_text, status.visibility, status.language) == ("Mare", "unlisted", "it")
    assert [shown.description for shown in status.media_attachments] == ["Un mare calmo"]
    assert status.application.name == "Araldo"
    assert "https://example.org/a" in status.content


def test_a_lost_answer_publishes_once_and_a_disconnected_account_loses_its_token(home: RunningSystem) -> None:
    account = connect(home)
    home.meta.fault(service="mastodon", method="POST", path="/api/v1/statuses", when="after_commit", kind="reset")
    media = home.upload(jpeg(1600, 900)).body
    reply = home.create(
        wait=20, platforms=["mastodon"], platform_images={"mastodon": media["id"]}, publish_immediately=True
    )
    assert reply.body["status"] == "published", reply.body
    state = home.meta.control("state")["mastodon"]
    assert len(state["statuses"]) == 1
    tokens = [token["access_token"] for token in state["tokens"] if not token["revoked"]]
    _require_no_secret(home, [*tokens, *(app["client_secret"] for app in state["apps"] if "client_secret" in app)])
    gone = home.ask("DELETE", f"/api/v1/accounts/{account['id']}").body
    assert (gone["revoked"], gone["note"]) == (True, None)
    revoked = [token for token in home.meta.control("state")["mastodon"]["tokens"] if token["revoked"]]
    assert len(revoked) == 1


def _require_no_secret(home: RunningSystem, secrets: list[str]) -> None:
    """Fail when a secret of the instance is in a file of Araldo's or in what its API shows."""
    assert secrets
    files = [path for path in home.settings.data_dir.rglob("*") if path.is_file()]
    shown = [home.ask("GET", path).raw for path in ("/api/v1/accounts", "/api/v1/audit", "/api/v1/social/posts")]
    for data in (*(path.read_bytes() for path in files), *shown):
        assert not [secret for secret in secrets if secret.encode() in data]
    assert LEAK_DETECTOR.found == []
