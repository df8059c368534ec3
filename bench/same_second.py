"""Posts that are all due in the same second: how long until the last is out, beside an ideal client's."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.due_posts import DuePosts, check_published, schedule, serving_due, wait_until_published
from bench.ideal import IdealClient
from bench.process_tree import cpu_seconds
from bench.responder import Call
from bench.system import DATABASES, BenchSystem, accounts_for, open_system
from bench.table import print_table

_START_S = 2.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds after the due second, and CPU seconds for each delivery."""

    first_call_s: float
    last_publish_s: float
    last_answer_s: float
    cpu_s: float


def timing_of(calls: Sequence[Call], due: float, cpu_s: float, deliveries: int) -> Timing:
    """Return the figures of one run. Raises AssertionError when it published too much, too little or too early."""
    publishes = [call.at - due for call in calls if call.is_publish]
    assert len(publishes) == deliveries, (len(publishes), deliveries)
    first = min(call.at for call in calls) - due
    assert first >= 0, "a call came before the post was due"
    return Timing(first, max(publishes), max(call.answered_at for call in calls) - due, cpu_s / deliveries)


def measure_ideal(system: BenchSystem, posts: DuePosts, accounts: int) -> Timing:
    client = IdealClient(system.responder.url, posts.picture)
    system.responder.reset()
    due = time.time() + _START_S
    cpu_s = asyncio.run(client.publish(posts.ideal_posts(accounts), at=due))
    return timing_of(system.responder.calls(), due, cpu_s, posts.deliveries)


def measure_araldo(system: BenchSystem, posts: DuePosts) -> Timing:
    with serving_due(system, posts) as server:
        before = cpu_seconds(*server.pids)
        calls = wait_until_published(system, posts, within_s=60 + posts.deliveries * 0.5)
        cpu_s = cpu_seconds(*server.pids) - before
        check_published(server, posts)
    return timing_of(calls, posts.due[0], cpu_s, posts.deliveries)


def measure(database: str, count: int, workers: int) -> tuple[Timing, Timing]:
    """Return the ideal client's figures and Araldo's, both against one responder."""
    accounts = accounts_for(count)
    with open_system(database, accounts, workers) as system:
        posts = schedule(system, [0.0] * count)
        araldo = measure_araldo(system, posts)
        return measure_ideal(system, posts, accounts), araldo


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.same_second", description=__doc__)
    parser.add_argument("--posts", type=int, default=200, help="each for three platforms")
    parser.add_argument("--url", choices=DATABASES, default="sqlite", help="kind of database")
    parser.add_argument("--workers", type=int, default=0, help="on PostgreSQL, processes beside the web server")
    options = parser.parse_args()
    ideal, araldo = measure(options.url, options.posts, options.workers)
    rows = [
        ("first call", ideal.first_call_s, araldo.first_call_s, "s"),
        ("last publish call", ideal.last_publish_s, araldo.last_publish_s, "s"),
        ("last answer, links read", ideal.last_answer_s, araldo.last_answer_s, "s"),
        ("CPU a delivery", ideal.cpu_s * 1000, araldo.cpu_s * 1000, "ms"),
    ]
    print_table(
        (f"{options.posts} posts x 3, {options.url}", "ideal client", "Araldo", "ratio"),
        [
            (name, f"{least:.2f} {unit}", f"{ours:.2f} {unit}", f"{ours / max(least, 0.001):.1f}x")
            for name, least, ours, unit in rows
        ],
    )


if __name__ == "__main__":
    main()
