"""One Page connected by two workspaces: a post of one is never matched as the other's."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.api.conftest import connected_workspace
from tests.support.running_system import RunningSystem

WORDS = {"content": "Le stesse parole", "platforms": ["facebook"]}


def test_the_same_text_from_another_workspace_is_not_matched(home: RunningSystem) -> None:
    other = replace(home, key=asyncio.run(connected_workspace(home, "Altro studio")))
    theirs = other.ask("POST", "/api/v1/social/publish", WORDS).body["results"][0]
    home.meta.fault(method="POST", path="/feed", when="before", kind="reset")
    ours = home.ask("POST", "/api/v1/social/publish", WORDS).body["results"][0]
    assert (theirs["state"], ours["state"], ours["post_id"]) == ("published", "unconfirmed", None)
    assert len(home.meta.published_ids()) == 1
