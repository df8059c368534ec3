"""A running system whose Bot API is the sandbox's, and what tests ask of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from araldo.app import Araldo
from araldo.asgi import create_web
from araldo.settings import Settings
from tests.platforms.telegram.stage import CHANNEL, TOKEN
from tests.support.migrated import copy_migrated_file
from tests.support.running_system import Reply, RunningSystem, connect_accounts, running_sandbox, settings_for
from tests.support.serving import serve_made

METRICS_TOKEN = "scrape-" + "0" * 16


@contextmanager
def open_system(folder: Path) -> Iterator[RunningSystem]:
    """Start the sandbox and Araldo, without an account."""
    made: list[tuple[Settings, str]] = []

    def make(url: str) -> FastAPI:
        more = {"port": int(url.rpartition(":")[2]), "log_level": "info", "metrics": {"token": METRICS_TOKEN}}
        urls = {"api_url": sandbox.url, "link_url": f"{sandbox.url}/t.me"}
        settings = settings_for(folder, sandbox.url, telegram=urls, **more)
        copy_migrated_file(settings.data_dir / "araldo.db")
        made.append((settings, asyncio.run(connect_accounts(settings, None))))
        return create_web(Araldo(settings))

    with running_sandbox() as sandbox, serve_made(make) as url:
        yield RunningSystem(url, made[0][1], sandbox, made[0][0])


def begin(home: RunningSystem, **answers: str) -> Reply:
    asked = {"token": TOKEN, "channel": "@studio_demo", **answers}
    return home.ask("POST", "/api/v1/connections", {"service": "telegram", "method": "bot", "answers": asked})


def connect(home: RunningSystem) -> Reply:
    begun = begin(home)
    assert begun.status == 201, begun.raw
    return home.ask("POST", f"/api/v1/connections/{begun.body['id']}/choose", {"group_ids": [CHANNEL]})


def publish(home: RunningSystem, **body: Any) -> dict[str, Any]:
    """Publish by the publish endpoint and return its answer."""
    what = {"content": "Ciao", "platforms": ["telegram"], **body}
    answer: dict[str, Any] = home.ask("POST", "/api/v1/social/publish", what).body
    return answer


def messages(home: RunningSystem) -> list[dict[str, Any]]:
    state: Any = home.meta.state()
    found: list[dict[str, Any]] = state["telegram"]["messages"]
    return found


def sends(home: RunningSystem) -> int:
    """Return how many requests to publish reached the sandbox."""
    return len(home.meta.log("/send"))
