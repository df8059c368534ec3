"""`GET /metrics`: who may read it, what it has, and that no label grows with what people do."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from araldo.api import metrics as metrics_api
from araldo.api.metrics import MetricsEndpoint
from araldo.app import Araldo
from araldo.asgi import create_web
from araldo.server import open_listening_socket
from tests.support.leaks import LEAK_DETECTOR
from tests.support.running_system import RunningSystem, ask, settings_for, start_system
from tests.support.serving import serve, serve_made
from tests.support.shared_images import own_image_processes
from tests.support.waiting import until

TOKEN = "a-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def running_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    folder = tmp_path_factory.mktemp("system")
    with start_system(folder, connect=False, metrics={"token": TOKEN}) as opened:
        yield opened


def scrape(url: str, **headers: str) -> dict[str, Metric]:
    reply = ask("GET", f"{url}/metrics", headers={**BEARER, **headers})
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/plain")
    LEAK_DETECTOR.scan("metrics", reply.raw)
    return {family.name: family for family in text_string_to_metric_families(reply.raw.decode())}


def value(families: dict[str, Metric], sample: str, **labels: str) -> float:
    """Return the sum of the samples with this name and these labels."""
    return sum(
        found.value
        for family in families.values()
        for found in family.samples
        if found.name == sample and labels.items() <= found.labels.items()
    )


def test_there_are_no_metrics_by_default(tmp_path: Path) -> None:
    with start_system(tmp_path, connect=False) as silent:
        for headers in ({}, BEARER):
            assert ask("GET", f"{silent.url}/metrics", headers=headers).status == 404


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer \xff\xfe"]
)
def test_the_token_is_asked_for(home: RunningSystem, authorization: str) -> None:
    reply = ask("GET", f"{home.url}/metrics", headers={"Authorization": authorization} if authorization else {})
    assert reply.status == 401
    assert reply.headers["www-authenticate"] == "Bearer"
    assert b"araldo_" not in reply.raw


def test_an_api_key_does_not_open_the_metrics(home: RunningSystem) -> None:
    assert home.ask("GET", "/metrics").status == 401


def test_only_get_is_answered(home: RunningSystem) -> None:
    assert ask("POST", f"{home.url}/metrics", {}, headers=BEARER).status == 405


def test_a_published_and_a_refused_post_are_counted(own_metrics: RunningSystem) -> None:
    home = own_metrics
    assert home.create(wait=60, platforms=["facebook", "instagram"], publish_immediately=True).status == 200
    refusal = {"code": 368, "type": "OAuthException", "message": "blocked"}
    home.meta.fault(path="/feed", method="POST", kind="graph_error", when="before", error=refusal, times=9)
    home.meta.fault(path="/photos", method="POST", kind="graph_error", when="before", error=refusal, times=9)
    home.create(wait=60, publish_immediately=True)
    # What the database holds is read at most every 15 seconds, and this is the first time.
    found = scrape(home.url)
    assert value(found, "araldo_build_info") == 1
    assert value(found, "araldo_delivery_attempts_total", platform="facebook", outcome="published") == 1
    assert value(found, "araldo_deliveries_settled_total", platform="instagram", state="published") == 1
    unsettled = {one.labels["state"] for one in found["araldo_deliveries"].samples}
    assert unsettled
    assert "published" not in unsettled
    assert value(found, "araldo_outgoing_request_duration_seconds_count", service="meta", outcome="2xx") > 3
    assert value(found, "araldo_outgoing_request_duration_seconds_count", service="meta", outcome="4xx") >= 1
    assert value(found, "araldo_database_transaction_seconds_count", kind="write") > 4
    assert value(found, "araldo_database_threads", kind="read") == 4
    assert value(found, "araldo_provider_request_duration_seconds_count", provider="offline", outcome="made") >= 2
    assert value(found, "araldo_image_process_starts_total") >= 1
    assert value(found, "araldo_image_process_resident_memory_bytes") > 1_000_000
    assert value(found, "araldo_accounts", health="ok") == 2
    assert value(found, "araldo_database_readable") == 1
    sweep, now = value(found, "araldo_worker_last_sweep_timestamp_seconds"), time.time()
    assert now - 30 < sweep <= now + 1


def test_lateness_is_measured_from_the_due_time(own_metrics: RunningSystem) -> None:
    due = datetime.now(UTC) + timedelta(seconds=3)
    assert own_metrics.create(schedule_time=due.isoformat()).status == 200

    def counted() -> bool:
        found = scrape(own_metrics.url)
        return value(found, "araldo_delivery_lateness_seconds_count", platform="facebook") == 1

    until(counted)
    assert value(scrape(own_metrics.url), "araldo_delivery_lateness_seconds_bucket", le="60.0") == 1


@pytest.fixture
def own_metrics(tmp_path: Path) -> Iterator[RunningSystem]:
    with own_image_processes(), start_system(tmp_path, metrics={"token": TOKEN}) as opened:
        yield opened


def test_requests_are_counted_by_route_template(home: RunningSystem) -> None:
    for path in ("/api/v1/posts/post_1", "/api/v1/posts/post_2", "/nowhere/1", "/nowhere/2", "/api/v1/health"):
        home.ask("GET", path)
    ask("BREW", f"{home.url}/api/v1/posts")
    found = scrape(home.url)
    count = "araldo_http_request_duration_seconds_count"
    assert value(found, count, route="/api/v1/posts/{post_id}", status="4xx") >= 2
    assert value(found, count, method="other") >= 1
    routes = {one.labels["route"] for one in found["araldo_http_request_duration_seconds"].samples}
    assert not any("post_1" in route or "nowhere" in route for route in routes)


def test_an_open_stream_is_a_gauge_and_has_no_time(home: RunningSystem) -> None:
    host, port = home.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 20) as client:
        head = f"GET /api/v1/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {home.key}\r\n\r\n"
        client.sendall(head.encode())
        assert b"text/event-stream" in client.recv(4096)
        until(lambda: value(scrape(home.url), "araldo_event_streams") == 1, within_s=20)
    until(lambda: value(scrape(home.url), "araldo_event_streams") == 0, within_s=40)
    assert value(scrape(home.url), "araldo_http_request_duration_seconds_count", route="/api/v1/events") == 0


def test_a_port_of_its_own_has_the_metrics_and_nothing_else(tmp_path: Path) -> None:
    with open_listening_socket("127.0.0.1", 0) as listening:
        beside = f"http://127.0.0.1:{listening.getsockname()[1]}"

        def make(url: str) -> object:
            settings = settings_for(tmp_path, "http://127.0.0.1:9", port=int(url.rpartition(":")[2]))
            return create_web(Araldo(settings), metrics=listening)

        with serve_made(make) as url:
            assert ask("GET", f"{url}/metrics").status == 404
            assert ask("GET", f"{beside}/api/v1/health").status == 404
            assert ask("GET", f"{beside}/metrics", headers={"Host": "evil.example"}).status == 400
            assert value(scrape(beside, Host="localhost"), "araldo_build_info") == 1
            until(lambda: value(scrape(beside), "araldo_worker_last_sweep_timestamp_seconds") > 0)
        with pytest.raises(OSError, match="refused"):
            ask("GET", f"{beside}/metrics")


async def test_a_database_that_cannot_be_read_leaves_the_other_metrics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("araldo.workflows.monitoring.figures.read_figures", fail)
    araldo = Araldo(settings_for(tmp_path, "http://127.0.0.1:9"))
    create_web(araldo)
    registry = araldo.telemetry.metrics.registry
    collectors = [one for one in registry._collector_to_names if hasattr(one, "refresh")]
    await collectors[0].refresh()
    with serve(MetricsEndpoint(registry, collectors[0].refresh, token=None)) as url:
        found = scrape(url)
    assert value(found, "araldo_database_readable") == 0
    assert "araldo_deliveries" not in found
    assert value(found, "araldo_build_info") == 1
    await araldo.close()


def test_two_systems_in_one_process_count_apart(tmp_path: Path) -> None:
    first, second = (Araldo(settings_for(tmp_path / name, "http://127.0.0.1:9")) for name in ("a", "b"))
    first.telemetry.settled("wall", "published")
    name, labels = "araldo_deliveries_settled_total", {"platform": "wall", "state": "published"}
    assert first.telemetry.metrics.registry.get_sample_value(name, labels) == 1
    assert second.telemetry.metrics.registry.get_sample_value(name, labels) is None
    for araldo in (first, second):
        asyncio.run(araldo.close())


def test_the_path_is_the_one_that_scrapers_expect() -> None:
    assert metrics_api.PATH == "/metrics"
