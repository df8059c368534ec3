"""The metrics that this process counts itself, in a registry of their own. docs/monitoring.md lists all of them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector, disable_created_metrics

from araldo import __version__

# A time of creation beside each counter would double the series; nothing here reads it.
disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus_client has no types here

_REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_CALL_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)
_PICTURE_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0, 120.0)
_TRANSACTION_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0)
_LATENESS_S = (0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0)


class Metrics:
    """One per process object, so that several systems in one process (tests) count apart."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        Info("araldo_build", "Version of this process.", registry=registry).info({"version": __version__})

        def histogram(name: str, text: str, labels: tuple[str, ...], buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"araldo_{name}", text, labels, buckets=buckets, registry=registry)

        def counter(name: str, text: str, labels: tuple[str, ...]) -> Counter:
            return Counter(f"araldo_{name}", text, labels, registry=registry)

        self.requests = histogram(
            "http_request_duration_seconds",
            "Requests to this server until their response was sent; event streams are not timed.",
            ("method", "route", "status"),
            _REQUEST_S,
        )
        self.calls = histogram(
            "outgoing_request_duration_seconds",
            "Requests that this server sent, by service and class of status or code of the fault.",
            ("service", "outcome"),
            _CALL_S,
        )
        self.attempts = counter(
            "delivery_attempts_total", "Attempts to publish, by their first answer.", ("platform", "outcome")
        )
        self.settled = counter(
            "deliveries_settled_total",
            "Deliveries that a worker of this process brought to a state that does not change by itself.",
            ("platform", "state"),
        )
        self.lateness = histogram(
            "delivery_lateness_seconds", "First intent to publish, after the due time.", ("platform",), _LATENESS_S
        )
        self.generations = histogram(
            "provider_request_duration_seconds",
            "Pictures asked of a provider, by outcome.",
            ("provider", "outcome"),
            _PICTURE_S,
        )
        self.cost = counter(
            "provider_cost_total",
            "What providers said that pictures cost, in units of the currency.",
            ("provider", "currency"),
        )
        self.picture_jobs = histogram(
            "image_process_job_duration_seconds", "Jobs of the image process.", ("job", "outcome"), _PICTURE_S
        )
        self.waits = histogram(
            "database_wait_seconds", "How long functions waited for a database thread.", ("kind",), _TRANSACTION_S
        )
        self.transactions = histogram(
            "database_transaction_seconds", "From a database thread to the commit.", ("kind",), _TRANSACTION_S
        )
