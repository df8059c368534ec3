"""The log as an operator reads it: one JSON object a line, with the ids of the request, the post and the delivery."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

from tests.support.processes import environment, free_port, start_araldo, wait_until_up
from tests.support.running_system import RunningSystem, connect_accounts, running_sandbox, settings_for
from tests.support.waiting import until

_REFUSAL = {"code": 100, "type": "OAuthException", "message": "Invalid parameter"}


def lines_of(log: Path) -> list[dict[str, Any]]:
    """Return what is JSON; the rest is for the person who started the command."""
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def test_every_line_of_a_request_and_of_a_job_has_its_ids(tmp_path: Path) -> None:
    log = tmp_path / "up.log"
    with running_sandbox() as meta:
        port = free_port()
        settings = settings_for(tmp_path, meta.url, port=port)
        key = asyncio.run(connect_accounts(settings, meta.mint()))
        env = environment(settings.data_dir, port, meta, ARALDO_PUBLISH__HTTP_TIMEOUT_S="2")
        home = RunningSystem(f"http://127.0.0.1:{port}", key, meta, settings)
        with start_araldo("up", env=env, log=log) as process:
            wait_until_up(home.url, process, log)
            published = home.create(wait=30, publish_immediately=True)
            assert published.body["status"] == "published"
            meta.fault(method="POST", kind="graph_error", when="before", error=_REFUSAL, times=50)
            failed = home.create(wait=30, publish_immediately=True)
            assert failed.body["status"] == "failed"
            draft = home.ask("POST", "/api/v1/posts", {"content": "Bozza"})
            draft_id = draft.headers["Location"].rpartition("/")[2]
            read = home.ask("GET", f"/api/v1/posts/{draft_id}")
            process.send_signal(signal.SIGTERM)
            process.wait(20)
        lines = lines_of(log)
    assert {tuple(line)[:3] for line in lines} == {("timestamp", "level", "event")}
    assert [lines[0]["event"], lines[-1]["event"]] == ["up", "down"]
    by_event: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        by_event.setdefault(line["event"], []).append(line)
    settled = {line["post_id"]: line for line in by_event["delivery_settled"]}
    assert settled.keys() == {published.body["job_id"], failed.body["job_id"]}
    good, bad = settled[published.body["job_id"]], settled[failed.body["job_id"]]
    assert (good["level"], good["state"], good["platform"]) == ("info", "published", "facebook")
    assert (bad["level"], bad["state"], bad["code"]) == ("warning", "failed", "100")
    assert good["delivery_id"].startswith("del_")
    requests = {line["request_id"]: line for line in by_event["request"]}
    assert len(requests) == len(by_event["request"])
    for reply, post_id in ((published, published.body["job_id"]), (draft, draft_id), (read, draft_id)):
        line = requests[reply.headers["x-request-id"]]
        assert (line["post_id"], line["status"]) == (post_id, reply.status)
    # Sweeps and other work in the background belong to none.
    of_somebody = [line for line in lines[1:-1] if line["event"] != "slow_transaction"]
    assert [line for line in of_somebody if not line.keys() & {"request_id", "delivery_id"}] == []


def test_what_a_killed_server_left_is_one_line(tmp_path: Path) -> None:
    log = tmp_path / "up.log"
    with running_sandbox() as meta:
        port = free_port()
        settings = settings_for(tmp_path, meta.url, port=port)
        key = asyncio.run(connect_accounts(settings, meta.mint()))
        env = environment(settings.data_dir, port, meta, ARALDO_PUBLISH__CHECK_GAP_S="0.3")
        home = RunningSystem(f"http://127.0.0.1:{port}", key, meta, settings)
        meta.control("settings", {"publish_latency_s": 3})
        with start_araldo("up", env=env, log=log) as process:
            wait_until_up(home.url, process, log)
            post_id = home.create(wait=0, publish_immediately=True).body["job_id"]
            until(lambda: bool(meta.published_ids()) or _is_publishing(home, post_id))
            process.send_signal(signal.SIGKILL)
            process.wait(20)
        meta.control("settings", {"publish_latency_s": 0})
        before = len(lines_of(log))
        with start_araldo("up", env=env, log=log) as process:
            wait_until_up(home.url, process, log)
            until(lambda: any(line["event"] == "delivery_settled" for line in lines_of(log)[before:]))
            process.send_signal(signal.SIGTERM)
            process.wait(20)
        after = [line for line in lines_of(log)[before:] if line["event"] not in {"request", "slow_transaction"}]
        assert len(meta.published_ids()) == 1
    assert {line["level"] for line in after} == {"info"}
    assert [line["event"] for line in after if line["event"] != "delivery_waits"] == ["up", "delivery_settled", "down"]
    assert {line["post_id"] for line in after[1:-1]} == {post_id}


def _is_publishing(home: RunningSystem, post_id: str) -> bool:
    post = home.ask("GET", f"/api/v1/social/posts/{post_id}").body
    return bool(post["platforms"][0]["state"] == "publishing")
