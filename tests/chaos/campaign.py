"""A campaign: in each round posts are created, the sandbox misbehaves, and the server is killed or frozen."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.chaos.injection import ClientPost, FaultInjection
from tests.chaos.interruptions import BOUNDARIES, Interruption
from tests.chaos.report import Report
from tests.chaos.system import CampaignSystem, ServerProcess
from tests.support.waiting import until

_LONGEST_ROUND_S = 6.0
_FROZEN_S = 2.6
# How long the last of it may take, in seconds: the longest pause between two tries is 750.
_SETTLING_S = 1_050
# The posts that are scheduled where a fault of this machine is coming are due within so many seconds.
_DUE_AROUND_FAULT_S = 20.0

Rng = random.Random


@dataclass
class Campaign:
    """Rounds until there are at least `kills` kills and `deliveries` deliveries; `rng` decides everything else.

    `faults`: the faults of this machine to inject, each as often as it is listed.
    """

    system: CampaignSystem
    rng: Rng
    kills: int
    deliveries: int
    faults: Sequence[str] = ()
    report_progress: Callable[[str], None] = lambda _: None

    def __post_init__(self) -> None:
        self._service = self.system.service
        self._coming = self.rng.sample(self.faults, len(self.faults))
        self._injections: list[FaultInjection] = []
        self._client_posts: list[ClientPost] = []

    def run(self) -> Report:
        report, started = Report(), time.monotonic()
        number = 0
        while report.killed < self.kills or report.deliveries < self.deliveries or self._coming or self._fault_active:
            self._round(number, report)
            number += 1
            if number % 10 == 0:
                self.report_progress(
                    f"{report.killed} kills, {report.deliveries} deliveries, {time.monotonic() - started:.0f} s"
                )
        self._finish(report)
        report.comparison = self.system.compare()
        self._count_faults(report)
        report.seconds = time.monotonic() - started
        return report

    @property
    def _fault_active(self) -> bool:
        return bool(self._injections) and self._injections[-1].active

    def _next_injection(self, report: Report) -> FaultInjection | None:
        """Return the next fault to inject, None while it is too early: they are spread evenly over all kills."""
        begun = len(self._injections)
        if not self._coming or self._fault_active:
            return None
        if report.killed < self.kills * (begun + 0.5) / len(self.faults):
            return None
        self._injections.append(FaultInjection(self.system, self._coming.pop(), random.Random(self.rng.random())))
        return self._injections[-1]

    def _round(self, number: int, report: Report) -> None:
        # Posts are created without the server, which a fault would hinder; clients go on sending requests.
        posts = [] if self._fault_active else self._create_posts(report)
        injection = self._next_injection(report)
        if injection is not None:
            due_s = [self.rng.uniform(2, _DUE_AROUND_FAULT_S) for _ in range(3)]
            posts = posts + self.system.create_posts(self._service.platforms, due_s=due_s)
            report.deliveries += len(due_s) * len(self._service.platforms)
        # Half of the faults hit one server that survives them, the others several that are killed.
        outlives = injection is not None and self.rng.random() < 0.5
        interruption = None if outlives else self._choose_interruption(number)
        self._configure_sandbox(report, slow_answers=interruption is not None and interruption.at == "committed")
        server = self.system.start(interruption)
        if injection is not None:
            injection.start()
        self._run_server(server, interruption, posts, report, outlived=injection if outlives else None)
        if interruption is not None and interruption.do == "freeze" and server.is_running:
            time.sleep(_FROZEN_S)
            server.signal(signal.SIGCONT)
            time.sleep(self.rng.uniform(0.2, 1.5))  # a moment drawn by rng: how long it lives on after it was woken
        name = "at random" if interruption is None or server.is_running else interruption.at
        if interruption is not None and interruption.do == "freeze":
            name = "frozen past its lease, woken, killed"
        if interruption is None and not server.is_running:
            report.ended += 1
            return
        server.kill()
        report.kills[name] += 1

    def _create_posts(self, report: Report) -> list[str]:
        """Create some posts, in proportion to the kills that are left, and return their ids."""
        left = max(1, self.kills - report.killed)
        wanted = max(0, self.deliveries - report.deliveries) / left
        posts = max(1, round(self.rng.uniform(0.6, 1.4) * wanted / len(self._service.platforms)))
        given = self.system.create_posts(self._service.platforms, posts)
        report.deliveries += posts * len(self._service.platforms)
        if self.rng.random() < 0.15:
            given += self.system.create_posts(self._service.text_platforms, 1, pictures=False)
            report.deliveries += len(self._service.text_platforms)
        if self.rng.random() < 0.25:
            given += self.system.create_posts(self._service.carousel_platforms, 1, slides=3)
            report.deliveries += len(self._service.carousel_platforms)
        return given

    def _choose_interruption(self, number: int) -> Interruption | None:
        kinds = [*BOUNDARIES, "random", "freeze"]
        kind = kinds[number % len(kinds)]
        if kind == "random":
            return None
        if kind == "freeze":
            return Interruption("after_intent", self.rng.randint(1, 3), "freeze")
        return Interruption(kind, self.rng.randint(1, 3))

    def _run_server(
        self,
        server: ServerProcess,
        interruption: Interruption | None,
        posts: Sequence[str],
        report: Report,
        *,
        outlived: FaultInjection | None = None,
    ) -> None:
        """Wait until the interruption happens; without one, until a random moment, when the caller kills it.

        The server runs at least as long as the fault that it has to survive. Now and then a person changes one of the
        posts, in a race with the intent.
        """
        longest = _LONGEST_ROUND_S if interruption is not None else self.rng.uniform(0.3, 3.0)
        give_up = time.monotonic() + longest
        while server.is_active and time.monotonic() < give_up:
            time.sleep(0.02)
            if outlived is not None and outlived.active:
                give_up = time.monotonic() + longest
            if posts and self.rng.random() < 0.04:
                act = self.rng.choice(["cancel", "edit", "edit"])
                status = self.system.act(server, self.rng.choice(posts), act)
                report.acts[f"{act}: {status or 'no answer'}"] += 1

    def _configure_sandbox(self, report: Report, *, slow_answers: bool) -> None:
        service, sandbox = self._service, self.system.sandbox
        sandbox.control("faults", method="DELETE")
        if not self._fault_active and any(row["state"] == "needs_reconnect" for row in self.system.rows()):
            self.system.connect()
            report.reconnected += 1
        chosen = self.rng.sample([*service.faults, *service.odd_settings, *[""] * 6], 3)
        settings = dict(service.well_behaved)
        for name in filter(None, chosen):
            report.misbehaviours[name] += 1
            if name in service.odd_settings:
                settings |= service.odd_settings[name]
            else:
                how = {"method": "POST", "path": self.rng.choice(service.visible_writes)}
                times = self.rng.randint(1, 3)
                sandbox.fault(**{**how, **service.faults[name], "service": service.name, "times": times})
        latency_s = 0.4 if slow_answers else 0
        sandbox.control("settings", {"publish_latency_s": latency_s, **service.sandbox_settings(settings)})

    def _finish(self, report: Report) -> None:
        """Stop all misbehaviour and run one more server until every delivery is settled."""
        sandbox, service = self.system.sandbox, self._service
        sandbox.control("faults", method="DELETE")
        sandbox.control("settings", {"publish_latency_s": 0, **service.sandbox_settings(service.well_behaved)})
        self.system.connect()
        server = self.system.start()
        try:
            self._wait_for_client_posts(report)
            until(self.system.settled, within_s=_SETTLING_S, pause_s=1)
        except AssertionError as unsettled:
            raise AssertionError(f"unsettled: {self.system.unsettled()}") from unsettled
        finally:
            server.kill()

    def _wait_for_client_posts(self, report: Report) -> None:
        """Wait until every client's post is accepted, and count them."""
        self._client_posts = client_posts = [
            order for injection in self._injections for order in injection.client_posts()
        ]
        report.client_posts = len(client_posts)
        report.asked_again = sum(order.tries > 1 for order in client_posts)
        report.deliveries += sum(len(order.platforms) for order in client_posts)

    def _count_faults(self, report: Report) -> None:
        """Count what fell due during each fault, and compare that every accepted client post exists exactly once."""
        due = [row["due_at"] for row in self.system.rows() if row["due_at"] is not None]
        for injection in self._injections:
            assert injection.window is not None
            began, ended = injection.window
            report.held[injection.kind] += 1
            report.due_while_held[injection.kind] += sum(began <= moment <= ended for moment in due)
        there = self.system.contents()
        for order in self._client_posts:
            wrong = report.comparison.lost if not there[order.content] else report.comparison.twice
            if there[order.content] != 1:
                wrong.append(order.content)
