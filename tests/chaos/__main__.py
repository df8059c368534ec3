"""`make chaos`: the long campaign, on SQLite and on PostgreSQL; prints its figures and fails on anything wrong."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

import psycopg

from tests.chaos.campaign import Campaign, Report
from tests.chaos.world import open_world
from tests.support import postgres


def main() -> int:
    asked = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    asked.add_argument("--kills", type=int, default=300)
    asked.add_argument("--deliveries", type=int, default=2_000)
    asked.add_argument("--seed", type=int, default=20_261_125)
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    what = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="araldo-chaos-") as folder:
        if what.database == "sqlite":
            report = _run(Path(folder), None, what)
        else:
            with postgres.running() as url:
                with psycopg.connect(f"{url}/postgres", autocommit=True) as admin:
                    admin.execute("CREATE DATABASE chaos")
                report = _run(Path(folder), f"{url}/chaos", what)
    print(as_text(report, what.database, what.seed))
    return 0 if report.tally.is_clean else 1


def _run(folder: Path, url: str | None, what: argparse.Namespace) -> Report:
    with open_world(folder, url) as world:
        lot = random.Random(what.seed)
        return Campaign(world, lot, what.kills, what.deliveries, told=_progress).run()


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def as_text(report: Report, database: str, seed: int) -> str:
    """The tables of docs/reliability.md."""
    tally = report.tally
    lines = [
        f"{database}, seed {seed}: {report.killed} kills, {report.deliveries} deliveries, {report.seconds:.0f} s",
        "",
        "| what | count |",
        "|---|---|",
        f"| out twice | {len(tally.twice)} |",
        f"| called published, nothing there | {len(tally.phantom)} |",
        f"| called failed, a post there | {len(tally.denied)} |",
        f"| never came to rest | {len(tally.unfinished)} |",
        f"| share that ended `unconfirmed` | {report.unconfirmed:.2%} |",
        f"| reconnected on the way | {report.reconnected} |",
        "",
        "| killed | times |",
        "|---|---|",
        *[f"| {name} | {count} |" for name, count in sorted(report.kills.items())],
        "",
        "| Meta misbehaved | rounds |",
        "|---|---|",
        *[f"| {name} | {count} |" for name, count in sorted(report.misbehaviours.items())],
        "",
        "| a person did | times |",
        "|---|---|",
        *[f"| {name} | {count} |" for name, count in sorted(report.acts.items())],
        "",
        "| ended | deliveries |",
        "|---|---|",
        *[f"| {name} | {count} |" for name, count in sorted(tally.states.items())],
    ]
    if tally.reasons:
        reasons = [f"| {name} | {count} |" for name, count in sorted(tally.reasons.items())]
        lines += ["", "| why it did not go out | deliveries |", "|---|---|", *reasons]
    wrong = [*tally.twice, *tally.phantom, *tally.denied, *tally.unfinished]
    return "\n".join([*lines, *(["", "WRONG: " + ", ".join(wrong)] if wrong else [])])


if __name__ == "__main__":
    sys.exit(main())
