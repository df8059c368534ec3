"""A campaign: round after round posts are given, Meta is told to misbehave, and the application dies."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.chaos.injection import Injection, Order
from tests.chaos.report import Report
from tests.chaos.traps import BOUNDARIES, Trap
from tests.chaos.world import ALL, SEVERAL, Victim, World
from tests.support.waiting import until

VISIBLE = ("/feed", "/media_publish", "/photo_stories")
# Longer than a call may take (tests.chaos.world.TIMES): what Meta then does, it does after we have given up.
_TOO_SLOW_S = 1.4
_LONGEST_ROUND_S = 6.0
_FROZEN_S = 2.6
# How long the last of it may take, in seconds: the longest pause between two tries is 600.
_SETTLING_S = 900
# The posts that are scheduled where a fault of this machine is coming are due within so many seconds.
_DUE_AROUND_FAULT_S = 20.0

Lot = random.Random
CALM: dict[str, Any] = {
    "publish_latency_s": 0,
    "not_ready_after_finished": 0,
    "status_lag_s": 0,
    "list_lag_s": 0,
    "container_life_s": 86_400,
    "republish": "error",
}


def _error(code: int, subcode: int | None = None, status: int = 400) -> dict[str, Any]:
    return {"kind": "graph_error", "error": {"status": status, "code": code, "error_subcode": subcode}}


# Each is one misbehaviour: faults on the visible writes or on looks, or settings.
FAULTS: dict[str, dict[str, Any]] = {
    "reset before": {"when": "before", "kind": "reset"},
    "reset after commit": {"when": "after_commit", "kind": "reset"},
    "timeout after commit": {"when": "after_commit", "kind": "timeout", "delay_s": 3},
    "committed after we gave up": {"when": "before", "kind": "slow", "delay_s": _TOO_SLOW_S},
    "500 code 2, not done": {"when": "before", **_error(2, status=500)},
    "500 code 2, done": {"when": "after_commit", **_error(2, status=500)},
    "html after commit": {"when": "after_commit", "kind": "html"},
    "refused as already posted": {"when": "after_commit", **_error(100, 1366051)},
    "190 while looking": {"method": "GET", "path": "", "when": "before", **_error(190, 463, 401)},
}
SETTINGS: dict[str, dict[str, Any]] = {
    "9007 flaps": {"not_ready_after_finished": 2},
    "status lags": {"status_lag_s": 3},
    "lists lag": {"list_lag_s": 1.5},
    "containers expire": {"container_life_s": 1.5},
    "a second publish gives the same id": {"republish": "return_same_id"},
    "a second publish is answered 9007": {"republish": "not_ready"},
}


@dataclass
class Campaign:
    """`kills` at least, and posts until there are `deliveries` of them; `lot` decides everything else.

    `faults` names the faults of this machine that are held on the way, each as often as it is named.
    """

    world: World
    lot: Lot
    kills: int
    deliveries: int
    faults: Sequence[str] = ()
    told: Callable[[str], None] = lambda _: None

    def __post_init__(self) -> None:
        self._coming = self.lot.sample(self.faults, len(self.faults))
        self._injections: list[Injection] = []
        self._orders: list[Order] = []

    def run(self) -> Report:
        report, started = Report(), time.monotonic()
        number = 0
        while report.killed < self.kills or report.deliveries < self.deliveries or self._coming or self._fault_held:
            self._round(number, report)
            number += 1
            if number % 10 == 0:
                self.told(f"{report.killed} kills, {report.deliveries} deliveries, {time.monotonic() - started:.0f} s")
        self._to_the_end(report)
        report.tally = self.world.compare()
        self._count_faults(report)
        report.seconds = time.monotonic() - started
        return report

    @property
    def _fault_held(self) -> bool:
        return bool(self._injections) and self._injections[-1].active

    def _injection(self, report: Report) -> Injection | None:
        """The next fault when its turn has come: they are spread over all kills, one at a time."""
        begun = len(self._injections)
        if not self._coming or self._fault_held:
            return None
        if report.killed < self.kills * (begun + 0.5) / len(self.faults):
            return None
        self._injections.append(Injection(self.world, self._coming.pop(), random.Random(self.lot.random())))
        return self._injections[-1]

    def _round(self, number: int, report: Report) -> None:
        # Posts are given beside the server, which a fault would hinder; what its clients ask for goes on.
        posts = [] if self._fault_held else self._give(report)
        injection = self._injection(report)
        if injection is not None:
            due_s = [self.lot.uniform(2, _DUE_AROUND_FAULT_S) for _ in range(3)]
            posts = posts + self.world.give(ALL, due_s=due_s)
            report.deliveries += len(due_s) * len(ALL)
        # Half of the faults are met by one victim that lives through them, the others by several that are killed.
        outlives = injection is not None and self.lot.random() < 0.5
        trap = None if outlives else self._trap(number)
        self._misbehave(report, slow_answers=trap is not None and trap.at == "committed")
        victim = self.world.start(trap)
        if injection is not None:
            injection.start()
        self._let_it_live(victim, trap, posts, report, outlived=injection if outlives else None)
        if trap is not None and trap.do == "freeze" and victim.lives:
            time.sleep(_FROZEN_S)
            victim.signal(signal.SIGCONT)
            time.sleep(self.lot.uniform(0.2, 1.5))
        name = "at random" if trap is None or victim.lives else trap.at
        if trap is not None and trap.do == "freeze":
            name = "frozen past its lease, woken, killed"
        if trap is None and not victim.lives:
            report.ended += 1
            return
        victim.kill()
        report.kills[name] += 1

    def _give(self, report: Report) -> list[str]:
        """Some posts; about as many deliveries as the kills that are left need."""
        left = max(1, self.kills - report.killed)
        wanted = max(0, self.deliveries - report.deliveries) / left
        posts = max(1, round(self.lot.uniform(0.6, 1.4) * wanted / len(ALL)))
        given = self.world.give(ALL, posts)
        report.deliveries += posts * len(ALL)
        if self.lot.random() < 0.15:
            given += self.world.give(["facebook"], 1, pictures=False)
            report.deliveries += 1
        if self.lot.random() < 0.25:
            given += self.world.give(SEVERAL, 1, slides=3)
            report.deliveries += len(SEVERAL)
        return given

    def _trap(self, number: int) -> Trap | None:
        kinds = [*BOUNDARIES, "random", "freeze"]
        kind = kinds[number % len(kinds)]
        if kind == "random":
            return None
        if kind == "freeze":
            return Trap("after_intent", self.lot.randint(1, 3), "freeze")
        return Trap(kind, self.lot.randint(1, 3))

    def _let_it_live(
        self,
        victim: Victim,
        trap: Trap | None,
        posts: Sequence[str],
        report: Report,
        *,
        outlived: Injection | None = None,
    ) -> None:
        """Until the trap strikes; a victim that meets none is killed at a moment drawn by lot.

        It lives at least as long as the fault that it is to outlive. Now and then a person changes one of the posts,
        and races the intent.
        """
        longest = _LONGEST_ROUND_S if trap is not None else self.lot.uniform(0.3, 3.0)
        give_up = time.monotonic() + longest
        while victim.moves and time.monotonic() < give_up:
            time.sleep(0.02)
            if outlived is not None and outlived.active:
                give_up = time.monotonic() + longest
            if posts and self.lot.random() < 0.04:
                act = self.lot.choice(["cancel", "edit", "edit"])
                status = self.world.act(victim, self.lot.choice(posts), act)
                report.acts[f"{act}: {status or 'no answer'}"] += 1

    def _misbehave(self, report: Report, *, slow_answers: bool) -> None:
        meta = self.world.meta
        meta.control("faults", method="DELETE")
        if not self._fault_held and any(row["state"] == "needs_reconnect" for row in self.world.rows()):
            self.world.connect()
            report.reconnected += 1
        chosen = self.lot.sample([*FAULTS, *SETTINGS, *[""] * 6], 3)
        settings = dict(CALM)
        for name in filter(None, chosen):
            report.misbehaviours[name] += 1
            if name in SETTINGS:
                settings |= SETTINGS[name]
            else:
                how = {"method": "POST", "path": self.lot.choice(VISIBLE), "times": self.lot.randint(1, 3)}
                meta.fault(**how | FAULTS[name])
        if slow_answers:
            settings["publish_latency_s"] = 0.4
        meta.control("settings", settings)

    def _to_the_end(self, report: Report) -> None:
        """Meta behaves, and one more victim lives until nothing moves."""
        meta = self.world.meta
        meta.control("faults", method="DELETE")
        meta.control("settings", CALM)
        self.world.connect()
        victim = self.world.start()
        try:
            self._take_orders(report)
            until(self.world.settled, within_s=_SETTLING_S, pause_s=1)
        except AssertionError as moving:
            raise AssertionError(f"still moving: {self.world.moving()}") from moving
        finally:
            victim.kill()

    def _take_orders(self, report: Report) -> None:
        """Wait until every client's post is taken."""
        self._orders = orders = [order for injection in self._injections for order in injection.orders()]
        report.orders = len(orders)
        report.asked_again = sum(order.tries > 1 for order in orders)
        report.deliveries += sum(len(order.platforms) for order in orders)

    def _count_faults(self, report: Report) -> None:
        """What fell due during which fault; and what clients were promised is there, once."""
        due = [row["due_at"] for row in self.world.rows() if row["due_at"] is not None]
        for injection in self._injections:
            assert injection.window is not None
            began, ended = injection.window
            report.held[injection.kind] += 1
            report.due_while_held[injection.kind] += sum(began <= moment <= ended for moment in due)
        there = self.world.contents()
        for order in self._orders:
            wrong = report.tally.lost if not there[order.content] else report.tally.twice
            if there[order.content] != 1:
                wrong.append(order.content)
