"""A campaign: round after round posts are given, Meta is told to misbehave, and the application dies."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.traps import BOUNDARIES, Trap
from tests.chaos.world import Tally, Victim, World
from tests.support.waiting import until

ALL = ("facebook", "instagram", "instagram_story", "facebook_story")
# Where a post shows several pictures.
SEVERAL = ("facebook", "instagram")
VISIBLE = ("/feed", "/media_publish", "/photo_stories")
# Longer than a call may take (tests.chaos.world.TIMES): what Meta then does, it does after we have given up.
_TOO_SLOW_S = 1.4
_LONGEST_ROUND_S = 6.0
_FROZEN_S = 2.6

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
class Report:
    kills: Counter[str] = field(default_factory=Counter)
    misbehaviours: Counter[str] = field(default_factory=Counter)
    # What a person did in between, and the status that it was answered with.
    acts: Counter[str] = field(default_factory=Counter)
    reconnected: int = 0
    deliveries: int = 0
    seconds: float = 0.0
    tally: Tally = field(default_factory=Tally)

    @property
    def killed(self) -> int:
        return self.kills.total()

    @property
    def unconfirmed(self) -> float:
        """Share of all deliveries, 0 to 1."""
        count = sum(count for name, count in self.tally.states.items() if name.endswith(" unconfirmed"))
        return count / max(1, self.deliveries)


@dataclass
class Campaign:
    """`kills` at least, and posts until there are `deliveries` of them; `lot` decides everything else."""

    world: World
    lot: Lot
    kills: int
    deliveries: int
    told: Callable[[str], None] = lambda _: None

    def run(self) -> Report:
        report, started = Report(), time.monotonic()
        number = 0
        while report.killed < self.kills or report.deliveries < self.deliveries:
            self._round(number, report)
            number += 1
            if number % 10 == 0:
                self.told(f"{report.killed} kills, {report.deliveries} deliveries, {time.monotonic() - started:.0f} s")
        self._to_the_end(report)
        report.tally = self.world.compare()
        report.seconds = time.monotonic() - started
        return report

    def _round(self, number: int, report: Report) -> None:
        posts = self._give(report)
        trap = self._trap(number)
        self._misbehave(report, slow_answers=trap is not None and trap.at == "committed")
        victim = self.world.start(trap)
        self._let_it_live(victim, trap, posts, report)
        if trap is not None and trap.do == "freeze" and victim.lives:
            time.sleep(_FROZEN_S)
            victim.signal(signal.SIGCONT)
            time.sleep(self.lot.uniform(0.2, 1.5))
        name = "at random" if trap is None or victim.lives else trap.at
        if trap is not None and trap.do == "freeze":
            name = "frozen past its lease, woken, killed"
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

    def _let_it_live(self, victim: Victim, trap: Trap | None, posts: Sequence[str], report: Report) -> None:
        """Until the trap strikes; a victim that meets none is killed at a moment drawn by lot.

        Now and then a person changes one of the posts, and races the intent.
        """
        longest = _LONGEST_ROUND_S if trap is not None else self.lot.uniform(0.3, 3.0)
        give_up = time.monotonic() + longest
        while victim.moves and time.monotonic() < give_up:
            time.sleep(0.02)
            if self.lot.random() < 0.04:
                act = self.lot.choice(["cancel", "edit", "edit"])
                status = self.world.act(victim, self.lot.choice(posts), act)
                report.acts[f"{act}: {status or 'no answer'}"] += 1

    def _misbehave(self, report: Report, *, slow_answers: bool) -> None:
        meta = self.world.meta
        meta.control("faults", method="DELETE")
        if any(row["state"] == "needs_reconnect" for row in self.world.rows()):
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
            until(self.world.settled, within_s=400, pause_s=1)
        finally:
            victim.kill()
