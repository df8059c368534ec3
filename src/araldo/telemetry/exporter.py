"""Whether traces are exported; OpenTelemetry is imported only where they are."""

from __future__ import annotations

import os
from collections.abc import Mapping

from araldo.clock import Clock
from araldo.errors import Conflict
from araldo.messages import Message
from araldo.telemetry.tracing import Tracing


def open_tracing(clock: Clock, environment: Mapping[str, str] = os.environ) -> Tracing | None:
    """Return the tracing that OpenTelemetry's own variables (OTEL_*) ask for; None when they name no exporter.

    Raises Conflict where the packages of `araldo[otel]` are not installed.
    """
    named = any(
        environment.get(name)
        for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER")
    )
    disabled = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if not named or disabled or environment.get("OTEL_TRACES_EXPORTER") == "none":
        return None
    try:
        from araldo.telemetry.otel import exporting
    except ImportError as missing:
        raise Conflict(Message("telemetry.packages_missing")) from missing
    return exporting(environment, clock)
