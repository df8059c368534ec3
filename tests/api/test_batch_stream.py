"""Streaming of a batch: results in the order of completion, the whole answer at the end, stopped by a disconnect."""

from __future__ import annotations

import http.client
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.image_provider import FakeImageProvider, running_image_provider
from tests.support.running_system import RunningSystem, ask, start_system
from tests.support.sse import Stream
from tests.support.waiting import until

PATH = "/api/v1/marketing/image/batch-generate"


@pytest.fixture
def image_provider() -> Iterator[FakeImageProvider]:
    with running_image_provider() as one:
        yield one


@pytest.fixture
def home(tmp_path: Path, image_provider: FakeImageProvider) -> Iterator[RunningSystem]:
    with start_system(
        tmp_path, images={"openai_base_url": image_provider.url, "openai_model": "m-1", "at_once": 4}
    ) as opened:
        yield opened


@contextmanager
def streamed(home: RunningSystem, prompts: list[str], **headers: str) -> Iterator[Stream]:
    parts = urlsplit(home.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    body = json.dumps({"images": [{"prompt": prompt} for prompt in prompts], "provider": "openai"})
    said = {"Authorization": f"Bearer {home.key}", "Accept": "text/event-stream", "Content-Type": "application/json"}
    try:
        connection.request("POST", PATH, body, {**said, **headers})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
        yield Stream(answer)
    finally:
        connection.close()


def keys_in(home: RunningSystem) -> int:
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db")) as database:
        return int(database.execute("SELECT count(*) FROM idempotency").fetchone()[0])


def batch(home: RunningSystem, prompts: list[str], **headers: str) -> dict[str, Any]:
    body = {"images": [{"prompt": prompt} for prompt in prompts], "provider": "openai"}
    answer: dict[str, Any] = home.ask("POST", PATH, body, **headers).body
    return answer


def test_results_stream_one_by_one_and_the_whole_answer_comes_last(
    home: RunningSystem, image_provider: FakeImageProvider
) -> None:
    image_provider.gates = {name: threading.Event() for name in ("a", "b", "c")}
    image_provider.statuses = {"b": 401}
    with streamed(home, ["a", "b", "c"]) as stream:
        for index, name in ((2, "c"), (0, "a"), (1, "b")):
            image_provider.gates[name].set()
            message = stream.next()
            assert message is not None
            assert (message.event, message.data["index"], message.data["success"]) == ("image", index, name != "b")
        done = stream.next()
        assert done is not None
        assert stream.next() is None
    assert done.event == "done"
    assert [one["success"] for one in done.data["results"]] == [True, False, True]
    assert (done.data["total_images"], done.data["failed"]) == (3, 1)
    assert done.data["results"][1]["error_code"] == "auth"
    plain = batch(home, ["a", "c"])
    assert set(plain) == set(done.data)
    assert [one["cached"] for one in plain["results"]] == [True, True]


def test_a_disconnect_stops_pictures_that_are_not_begun(home: RunningSystem, image_provider: FakeImageProvider) -> None:
    prompts = [f"p{number}" for number in range(12)]
    image_provider.gates = {name: threading.Event() for name in prompts}
    with streamed(home, prompts, **{"Idempotency-Key": "left"}):
        until(lambda: len(image_provider.seen) == 4)
    # It lets the key go as the last thing.
    until(lambda: keys_in(home) == 0)
    for gate in image_provider.gates.values():
        gate.set()
    begun = sorted(image_provider.seen)
    with streamed(home, begun, **{"Idempotency-Key": "left-2"}) as stream:
        assert len(stream.until("done")) == 5
    assert sorted(image_provider.seen) == begun
    # What was on its way was paid for once, and the key is free for another try.
    with streamed(home, prompts, **{"Idempotency-Key": "left"}) as stream:
        assert stream.until("done")[-1].data["successful"] == 12
    assert sorted(image_provider.seen) == sorted(prompts)
    with streamed(home, prompts, **{"Idempotency-Key": "left"}) as stream:
        (done,) = stream.until("done")
    assert len(ask("GET", done.data["results"][0]["image_url"]).raw) > 1000
    assert len(image_provider.seen) == 12


def test_an_invalid_request_is_refused_before_the_stream_begins(home: RunningSystem) -> None:
    for images in ([], [{"prompt": "x"}] * 21):
        reply = home.ask("POST", PATH, {"images": images}, Accept="text/event-stream")
        assert (reply.status, reply.headers["Content-Type"]) == (422, "application/problem+json")


def test_events_are_sent_only_when_accepted(home: RunningSystem) -> None:
    for accept in ("*/*", "application/json, text/event-stream", "text/html"):
        reply = home.ask("POST", PATH, {"images": [{"prompt": "x"}]}, Accept=accept)
        assert reply.body["successful"] == 1


def test_spend_is_summed_by_provider(home: RunningSystem, image_provider: FakeImageProvider) -> None:
    assert home.ask("GET", "/api/v1/images/spend").body == {"data": []}
    # Equal ones in a batch are paid for once.
    batch(home, ["a", "a", "a", "b"])
    batch(home, ["a"])
    assert sorted(image_provider.seen) == ["a", "b"]
    (spent,) = home.ask("GET", "/api/v1/images/spend").body["data"]
    assert (spent["provider"], spent["model"], spent["made"], spent["failed"]) == ("openai", "m-1", 2, 0)
    assert spent["prices"] == [{"amount": 0.5, "currency": "EUR", "pictures": 2}]
    assert spent["cached"] >= 1
    assert home.ask("GET", "/api/v1/images/spend?from=2035-01-01T00:00:00Z").body == {"data": []}
    assert len(home.ask("GET", "/api/v1/images/spend?to=2035-01-01T00:00:00Z").body["data"]) == 1
    assert home.ask("GET", "/api/v1/images/spend?from=yesterday").status == 422


def test_a_regenerated_picture_is_requested_again_and_an_unrelated_edit_is_not(
    home: RunningSystem, image_provider: FakeImageProvider
) -> None:
    fields = {"content": "Ciao", "platforms": ["facebook"], "image_provider": "openai", "base_image_prompt": "horn"}
    path = f"/api/v1/posts/{home.ask('POST', '/api/v1/posts', fields).body['job_id']}"

    def ready() -> bool:
        return bool(home.ask("GET", path).body["platforms"][0]["image_state"] == "ready")

    home.ask("POST", f"{path}/schedule", {"schedule_time": "2030-07-01T10:00:00+02:00"})
    until(ready)
    assert len(image_provider.seen) == 1
    home.ask("POST", f"{path}/images/facebook/regenerate")
    until(ready)
    assert len(image_provider.seen) == 2
    home.ask("PATCH", path, {"content": "Altre parole"})
    until(ready)
    assert len(image_provider.seen) == 2
    home.ask("POST", f"{path}/images/facebook/regenerate", {"variant": 0})
    until(ready)
    assert len(image_provider.seen) == 2
