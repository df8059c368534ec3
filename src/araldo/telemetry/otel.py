"""Spans through OpenTelemetry's SDK; imported only where an exporter is set."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextvars import Token
from threading import Thread

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from araldo import __version__
from araldo.clock import Clock
from araldo.local_faults import TransientFault
from araldo.loops import FailureLog
from araldo.telemetry.tracing import Attributes, Span, SpanKind, Tracing, trace_parent

_CLOSE_S = 3.0
_KINDS = {"server": trace.SpanKind.SERVER, "client": trace.SpanKind.CLIENT, "internal": trace.SpanKind.INTERNAL}
_W3C = TraceContextTextMapPropagator()


class OtelTracing(Tracing):
    """Not the global provider, so that several systems in one process (tests) trace apart."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("araldo", __version__)

    def span(
        self, name: str, kind: SpanKind, attributes: Attributes, *, is_root: bool = False, parent: str | None = None
    ) -> Span:
        return _OtelSpan(self._tracer, name, kind, attributes, is_root=is_root, parent=parent)

    def close(self) -> None:
        # In a thread that the process does not wait for: an exporter that is away is tried for longer.
        closing = Thread(target=self._provider.shutdown, name="close traces", daemon=True)
        closing.start()
        closing.join(_CLOSE_S)


class _OtelSpan(Span):
    def __init__(
        self,
        tracer: trace.Tracer,
        name: str,
        kind: SpanKind,
        attributes: Attributes,
        *,
        is_root: bool,
        parent: str | None,
    ) -> None:
        self._tracer, self._name, self._kind, self._attributes = tracer, name, _KINDS[kind], attributes
        self._is_root, self._parent = is_root, parent
        self._span: trace.Span = trace.INVALID_SPAN
        self._context: Token[Context] | None = None
        self._own_parent: Token[str | None] | None = None

    def start(self) -> None:
        within = _W3C.extract({"traceparent": self._parent}) if self._parent is not None else None
        if self._is_root and within is None:
            # A pipelined request runs in the context of the request before it.
            within = Context()
        self._span = self._tracer.start_span(self._name, within, self._kind, self._attributes)
        current = trace.set_span_in_context(self._span, within)
        self._context = otel_context.attach(current)
        if self._is_root:
            carrier: dict[str, str] = {}
            _W3C.inject(carrier, current)
            self._own_parent = trace_parent.set(carrier.get("traceparent"))

    def end(self, error: BaseException | None, attributes: Attributes, name: str | None = None) -> None:
        if self._own_parent is not None:
            trace_parent.reset(self._own_parent)
        if self._context is not None:
            otel_context.detach(self._context)
        self._span.set_attributes(attributes)
        if name is not None:
            self._span.update_name(name)
        if error is not None:
            # Only the class: the text of an exception may hold what people wrote.
            self._span.set_status(trace.StatusCode.ERROR, type(error).__name__)
        self._span.end()


class _ReportingExporter(SpanExporter):
    """Logs one line a minute while spans cannot be exported; the SDK would log each try."""

    def __init__(self, exporter: SpanExporter, clock: Clock) -> None:
        self._exporter = exporter
        self._failures = FailureLog(clock)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        if result is not SpanExportResult.SUCCESS:
            self._failures.write("traces_not_exported", TransientFault("the collector did not take them"))
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def exporting(environment: Mapping[str, str], clock: Clock) -> OtelTracing:
    """Export over OTLP and HTTP; the SDK reads the OTEL_* variables itself."""
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    named = environment.get("OTEL_SERVICE_NAME") or "service.name=" in environment.get("OTEL_RESOURCE_ATTRIBUTES", "")
    attributes = {"service.version": __version__, **({} if named else {"service.name": "araldo"})}
    provider = TracerProvider(resource=Resource.create(attributes), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(_ReportingExporter(OTLPSpanExporter(), clock)))
    return OtelTracing(provider)
