"""Traces: from the request through the delivery to its calls, without a secret, and no SDK where they are off."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from araldo import app as composition
from araldo.api.description import DescribedAPI
from araldo.errors import Conflict
from araldo.telemetry import otel
from araldo.telemetry.exporter import open_tracing
from araldo.telemetry.otel import OtelTracing
from araldo.telemetry.tracing import trace_parent
from tests.support.clock import FakeClock
from tests.support.leaks import LEAK_DETECTOR
from tests.support.running_system import RunningSystem, start_system
from tests.support.waiting import until


class _OpenExporter(InMemorySpanExporter):
    """Takes the spans of several systems, one after the other."""

    def shutdown(self) -> None:
        pass


def exporting_to(exporter: InMemorySpanExporter) -> OtelTracing:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return OtelTracing(provider)


@contextmanager
def tracing_system(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[RunningSystem, InMemorySpanExporter]]:
    exporter = _OpenExporter()
    monkeypatch.setattr(composition, "open_tracing", lambda _: exporting_to(exporter))
    with start_system(folder) as home:
        yield home, exporter


class Trace:
    """The spans of one trace."""

    def __init__(self, spans: list[ReadableSpan]) -> None:
        self.spans = spans
        self._by_id = {span.context.span_id: span for span in spans if span.context is not None}

    def path_to(self, span: ReadableSpan) -> list[str]:
        """Return the names from the root to the span."""
        parent = None if span.parent is None else self._by_id[span.parent.span_id]
        return [*([] if parent is None else self.path_to(parent)), span.name]

    @property
    def is_complete(self) -> bool:
        """Whether all spans above those that have ended have ended too."""
        return all(span.parent is None or span.parent.span_id in self._by_id for span in self.spans)

    @property
    def paths(self) -> set[tuple[str, ...]]:
        return {tuple(self.path_to(span)) for span in self.spans}

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name == name]


def traces(exporter: InMemorySpanExporter) -> list[Trace]:
    by_id: dict[int, list[ReadableSpan]] = {}
    for span in exporter.get_finished_spans():
        assert span.context is not None
        by_id.setdefault(span.context.trace_id, []).append(span)
    return [Trace(spans) for spans in by_id.values()]


CREATE = "POST /api/v1/social/create-multi-platform-post"
JOB = "work on delivery"
_SWITCHES = ("tracing", "metrics", "logs", "auto_configure")


def wait_for_trace(exporter: InMemorySpanExporter, *names: str) -> Trace:
    """Return the trace with spans of all these names, once it has ended."""

    def found() -> list[Trace]:
        return [trace for trace in traces(exporter) if trace.is_complete and all(map(trace.named, names))]

    until(lambda: bool(found()), within_s=20)
    return found()[0]


def test_a_request_its_delivery_and_its_calls_are_one_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tracing_system(tmp_path, monkeypatch) as (home, exporter):
        reply = home.create(wait=60, platforms=["instagram"], publish_immediately=True)
        assert reply.body["status"] == "published"
        trace = wait_for_trace(exporter, CREATE, JOB)
    expected = {
        (CREATE,),
        (CREATE, JOB),
        (CREATE, JOB, "generate picture"),
        (CREATE, JOB, "prepare instagram"),
        (CREATE, JOB, "prepare instagram", "POST meta"),
        (CREATE, JOB, "check instagram"),
        (CREATE, JOB, "check instagram", "GET meta"),
        (CREATE, JOB, "publish instagram"),
        (CREATE, JOB, "publish instagram", "POST meta"),
    }
    assert expected <= trace.paths
    (request,) = trace.named(CREATE)
    assert attributes(request)["http.response.status_code"] == 200
    assert attributes(request)["araldo.request_id"] == reply.headers["x-request-id"]
    job = trace.named(JOB)[0]
    assert attributes(job)["araldo.post_id"] == reply.body["job_id"]
    assert str(attributes(job)["araldo.delivery_id"]).startswith("del_")


def attributes(span: ReadableSpan) -> Mapping[str, object]:
    assert span.attributes is not None
    return span.attributes


def test_a_scheduled_post_is_published_in_the_trace_of_its_last_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tracing_system(tmp_path, monkeypatch) as (home, exporter):
        later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        post_id = home.create(schedule_time=later).body["job_id"]
        due = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
        assert home.ask("POST", f"/api/v1/posts/{post_id}/schedule", {"schedule_time": due}).status == 200
        until(lambda: home.ask("GET", f"/api/v1/posts/{post_id}").body["status"] == "published", within_s=60)
        trace = wait_for_trace(exporter, "publish facebook")
    assert ("POST /api/v1/posts/{post_id}/schedule", JOB, "publish facebook", "POST meta") in trace.paths


def test_no_span_has_a_secret_a_url_or_what_people_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tracing_system(tmp_path, monkeypatch) as (home, exporter):
        home.create(wait=60, content="Parole di una persona", publish_immediately=True)
        refusal = {"code": 190, "error_subcode": 463, "type": "OAuthException", "message": "Parole di un servizio"}
        home.meta.fault(path="/", kind="graph_error", when="before", error=refusal, times=9)
        home.create(wait=60, content="Parole di una persona", publish_immediately=True)
        home.ask("GET", "/api/v1/posts?q=Parole")
    spans = exporter.get_finished_spans()
    assert len(spans) > 10
    told = "\n".join(span.to_json() for span in spans)
    LEAK_DETECTOR.scan("spans", told.encode())
    for secret in (home.key, "Parole", "?", "access_token", str(tmp_path)):
        assert secret not in told
    assert not any(span.events for span in spans)


def test_the_request_after_on_the_same_connection_is_another_trace() -> None:
    exporter = _OpenExporter()
    tracing = exporting_to(exporter)
    outer, inner = (tracing.span(name, "server", {}, is_root=True) for name in ("first", "second"))
    outer.start()
    assert trace_parent.get() is not None
    inner.start()
    inner.end(None, {})
    outer.end(ValueError("with words"), {})
    assert trace_parent.get() is None
    assert len(traces(exporter)) == 2
    failed = next(span for span in exporter.get_finished_spans() if span.name == "first")
    assert failed.status.description == "ValueError"


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_SERVICE_NAME": "araldo"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_without_an_exporter_there_are_no_traces(environment: dict[str, str], clock: FakeClock) -> None:
    assert open_tracing(clock, environment) is None


def test_without_an_exporter_the_sdk_is_not_imported() -> None:
    # FastAPI itself imports OpenTelemetry's API.
    script = "import sys, araldo.app; sys.exit(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], env={"PATH": ""}, check=False, timeout=60)
    assert done.returncode == 0


def test_without_the_packages_the_start_says_what_to_install(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "araldo.telemetry.otel", None)
    with pytest.raises(Conflict) as raised:
        open_tracing(clock, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
    assert "araldo[otel]" in raised.value.message.to("en")


def test_a_collector_that_is_away_is_one_line_and_does_not_hold_up_the_end(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setattr(otel, "_CLOSE_S", 0.2)
    written: list[str] = []
    monkeypatch.setattr("araldo.loops.log.warning", lambda event, **_: written.append(event))

    class Away(InMemorySpanExporter):
        def export(self, spans: object) -> SpanExportResult:
            return SpanExportResult.FAILURE

    reporting = otel._ReportingExporter(Away(), clock)
    for _ in range(3):
        assert reporting.export([]) is SpanExportResult.FAILURE
    assert written == ["traces_not_exported"]
    tracing = open_tracing(clock)
    assert tracing is not None
    span = tracing.span("one", "internal", {})
    span.start()
    span.end(None, {})
    tracing.close()


def test_the_frameworks_own_telemetry_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its spans would have the queries of media URLs, which hold their signatures."""
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    telemetry = DescribedAPI()._telemetry
    assert {name: telemetry.get(name) for name in _SWITCHES} == dict.fromkeys(_SWITCHES, False)
