"""What counting costs: the CPU of all that one smooth delivery reports, recorded and ignored."""

from __future__ import annotations

import time

from araldo.telemetry.observer import Observer
from araldo.telemetry.recorder import Telemetry
from bench.table import print_table

_ROUNDS = 20_000
# As counted in a run against the sandbox: transactions, and calls to the platform.
_TRANSACTIONS, _CALLS = 5, 4


def report_delivery(observer: Observer) -> None:
    for _ in range(_TRANSACTIONS):
        observer.transaction("write", 0.001, 0.002)
    for _ in range(_CALLS):
        with observer.outgoing_request("service", "POST", "graph.example") as call:
            call.outcome = "2xx"
    for name in ("prepare", "check", "publish"):
        with observer.operation("platform", name) as operation:
            operation.outcome = "published"
    observer.lateness("platform", 0.2)
    observer.settled("platform", "published")


def microseconds(observer: Observer) -> float:
    report_delivery(observer)
    started = time.process_time()
    for _ in range(_ROUNDS):
        report_delivery(observer)
    return (time.process_time() - started) / _ROUNDS * 1e6


def main() -> None:
    rows = [
        [name, f"{microseconds(observer):.1f} µs"]
        for name, observer in (("ignored", Observer()), ("counted", Telemetry()))
    ]
    print_table(["what a delivery reports", "CPU"], rows)


if __name__ == "__main__":
    main()
