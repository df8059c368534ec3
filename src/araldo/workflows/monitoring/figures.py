"""Metrics that are read when they are asked for: from the database, at most every 15 s, and from what runs now."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from araldo.clock import Clock
from araldo.images.process import ImageProcess
from araldo.loops import FailureLog
from araldo.storage.database import Database
from araldo.storage.figures import Backlog, DatabaseFigures, read_figures
from araldo.workflows.engine import Engine
from araldo.workflows.maintenance.backup_status import read_status

# Counting takes longer the more posts wait: no more than this part of the time is spent on it.
_EVERY_S, _RARELY_S, _SHARE = 15.0, 300.0, 0.005
# Less than Prometheus waits for an answer, which is ten seconds unless it is told otherwise.
_WAIT_S = 3.0
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class DatabaseCollector(Collector):
    """The last figures that were read from the database; none of them while it cannot be read.

    `backup_every`: the interval of this process's backups; None where it makes none.
    """

    def __init__(self, database: Database, clock: Clock, backup_every: timedelta | None = None) -> None:
        self._database = database
        self._clock = clock
        self._backup_every = backup_every
        self._backed_up_at: datetime | None = None
        self._failures = FailureLog(clock)
        self._figures: DatabaseFigures | None = None
        self._reading: asyncio.Task[None] | None = None
        self._due_at = 0.0

    async def refresh(self) -> None:
        """Read the figures unless they are recent; return within 3 s even when the database takes longer."""
        now, reading = self._clock.running(), self._reading
        if reading is None or (reading.done() and now >= self._due_at):
            reading = self._reading = asyncio.create_task(self._read(), name="figures")
        # Not cancelled: the next scrape waits for it, too.
        await asyncio.wait({reading}, timeout=_WAIT_S)

    async def _read(self) -> None:
        started, pause_s = self._clock.running(), _EVERY_S
        try:
            self._figures, backup = await self._database.read(lambda tx: (read_figures(tx), read_status(tx)))
            self._backed_up_at = backup.succeeded_at
            pause_s = min(max(_EVERY_S, (self._clock.running() - started) / _SHARE), _RARELY_S)
        except Exception as failure:
            self._failures.write("metrics_not_read", failure)
            self._figures = None
        self._due_at = self._clock.running() + pause_s

    def collect(self) -> Iterator[Metric]:
        figures = self._figures
        readable = "Whether the figures below could be read from the database when they were last due."
        yield GaugeMetricFamily("araldo_database_readable", readable, value=float(figures is not None))
        if figures is not None:
            yield from _metrics_of(figures)
            yield from self._backup_metrics()

    def _backup_metrics(self) -> Iterator[Metric]:
        """Yield the metrics of the backups, with values only where this process makes some."""
        last = GaugeMetricFamily(
            "araldo_backup_last_success_timestamp_seconds",
            "When the last backup was made, in Unix time; 0 before the first.",
        )
        interval = GaugeMetricFamily("araldo_backup_interval_seconds", "How often a backup is to be made.")
        if self._backup_every is not None:
            last.add_metric((), 0.0 if self._backed_up_at is None else self._backed_up_at.timestamp())
            interval.add_metric((), self._backup_every.total_seconds())
        yield last
        yield interval


def _metrics_of(figures: DatabaseFigures) -> Iterator[Metric]:
    deliveries = GaugeMetricFamily(
        "araldo_deliveries",
        "Deliveries by platform and state, without those published and cancelled.",
        labels=("platform", "state"),
    )
    for platform, state, count in figures.deliveries:
        deliveries.add_metric((platform, state), count)
    yield deliveries
    accounts = GaugeMetricFamily("araldo_accounts", "Accounts by service and health.", labels=("service", "health"))
    for service, health, count in figures.accounts:
        accounts.add_metric((service, health), count)
    yield accounts
    yield from _backlog_metrics("deliveries_due", "Deliveries that a worker could claim now", figures, figures.due)
    yield from _backlog_metrics("webhooks_pending", "Webhook deliveries to be sent", figures, figures.webhooks)
    yield from _backlog_metrics("mails_pending", "Mails to be sent", figures, figures.mails)
    yield from _backlog_metrics("push_pending", "Push messages to be sent", figures, figures.push)


def _backlog_metrics(name: str, text: str, figures: DatabaseFigures, backlog: Backlog) -> Iterator[Metric]:
    age = 0.0 if backlog.oldest is None else max(0.0, (figures.at - backlog.oldest).total_seconds())
    yield GaugeMetricFamily(f"araldo_{name}", f"{text}.", value=backlog.count)
    yield GaugeMetricFamily(f"araldo_{name}_oldest_age_seconds", f"{text}: how long the first has waited.", value=age)


class ProcessCollector(Collector):
    """What this process does now. `streams`: how many event streams are open."""

    def __init__(
        self,
        database: Database,
        images: ImageProcess,
        engine: Engine[Any],
        streams: Callable[[], int],
        clock: Clock,
    ) -> None:
        self._database = database
        self._images = images
        self._engine = engine
        self._streams = streams
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("araldo_event_streams", "Open event streams.", value=self._streams())
        yield from self._database_metrics()
        yield from self._image_process_metrics()
        yield from self._worker_metrics()

    def _database_metrics(self) -> Iterator[Metric]:
        queues = self._database.queues
        for index, (name, text) in enumerate(
            (
                ("waiting", "Functions that wait for a database thread."),
                ("running", "Functions that a database thread has taken and not answered yet."),
                ("threads", "Database threads, each with a connection once it has been used."),
            )
        ):
            metric = GaugeMetricFamily(f"araldo_database_{name}", text, labels=("kind",))
            for kind, counts in queues.items():
                metric.add_metric((kind,), counts[index])
            yield metric

    def _image_process_metrics(self) -> Iterator[Metric]:
        resident = sum(map(_resident_bytes, self._images.pids))
        yield GaugeMetricFamily(
            "araldo_image_process_resident_memory_bytes", "Resident memory of the image processes.", value=resident
        )
        yield CounterMetricFamily(
            "araldo_image_process_starts_total", "Image processes started.", value=self._images.starts
        )

    def _worker_metrics(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "araldo_worker_jobs", "Deliveries that this worker works on.", value=self._engine.running_jobs
        )
        since = self._engine.seconds_since_sweep
        if since is not None:
            yield GaugeMetricFamily(
                "araldo_worker_last_sweep_timestamp_seconds",
                "When the worker last looked for due deliveries with success, in Unix time.",
                value=self._clock.now().timestamp() - since,
            )


def _resident_bytes(pid: int) -> int:
    """Return the resident memory of a process; 0 when it has ended, and where there is no /proc."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (OSError, IndexError, ValueError):
        return 0
