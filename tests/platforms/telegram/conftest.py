"""A running system with the sandbox's channel connected by the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from araldo import app as composition
from tests.platforms.telegram.system import connect, open_system
from tests.support.running_system import RunningSystem
from tests.telemetry.test_tracing import exporting_to


class _OpenExporter(InMemorySpanExporter):
    """Stays open when one of the systems that it serves is closed."""

    def shutdown(self) -> None:
        pass


@pytest.fixture(scope="module")
def spans() -> InMemorySpanExporter:
    """Collect the spans of the module's system."""
    return _OpenExporter()


@pytest.fixture(scope="module")
def running_system(tmp_path_factory: pytest.TempPathFactory, spans: InMemorySpanExporter) -> Iterator[RunningSystem]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(composition, "open_tracing", lambda _: exporting_to(spans))
        with open_system(tmp_path_factory.mktemp("telegram")) as opened:
            yield opened


@pytest.fixture
def home(running_system: RunningSystem) -> RunningSystem:
    """Return the system, connected, with a reset sandbox."""
    running_system.meta.control("reset", {})
    running_system.meta.control("faults", method="DELETE")
    assert connect(running_system).status == 200
    return running_system
