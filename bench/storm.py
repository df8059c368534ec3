"""Deliveries that are due evenly over a minute: how late each is published, and what it costs."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.due_posts import DuePosts, check_published, schedule, serving_due, wait_until_published
from bench.ideal import PLATFORMS, IdealClient
from bench.process_tree import cpu_seconds, measuring_peak, pss_mb
from bench.responder import Call
from bench.system import DATABASES, BenchSystem, accounts_for, open_system
from bench.table import percentile, print_table

# How long the publish call comes after the due time at best: a container has to be made ready first.
BEST_S = {"facebook": 0.1, "instagram": 1.6, "instagram_story": 1.6}


# How long from the call until the first post is due.
_START_S = 2.0


@dataclass(frozen=True, slots=True)
class StormFigures:
    """How late each publish call was, in seconds after the earliest possible; CPU seconds; memory in MB."""

    late_s: list[float]
    cpu_s: float
    memory_mb: float = 0.0
    peak_mb: float = 0.0


def measure_ideal(system: BenchSystem, posts: DuePosts, accounts: int) -> StormFigures:
    client = IdealClient(system.responder.url, posts.picture)
    system.responder.reset()
    start = time.time() + _START_S
    cpu_s = asyncio.run(client.publish(posts.ideal_posts(accounts), at=start))
    sent = publish_times(system.responder.calls())
    late = [
        sent[remote_id] - start - post.after_s - BEST_S[platform]
        for remote_id, (post, platform) in client.published.items()
    ]
    return StormFigures(late, cpu_s)


def measure_araldo(system: BenchSystem, posts: DuePosts, seconds: float) -> StormFigures:
    with serving_due(system, posts) as server, measuring_peak(*server.pids) as peak:
        before = cpu_seconds(*server.pids)
        calls = wait_until_published(system, posts, within_s=seconds + 60 + posts.deliveries * 0.5)
        cpu_s, memory_mb = cpu_seconds(*server.pids) - before, pss_mb(*server.pids)
        rows = check_published(server, posts)
    sent = publish_times(calls)
    late = [sent[row.remote_id] - row.due - BEST_S[row.platform] for row in rows]
    return StormFigures(late, cpu_s, memory_mb, peak.mb)


def publish_times(calls: Sequence[Call]) -> dict[str, float]:
    """Return when each publish call arrived, by the id of what it published."""
    return {call.created: call.at for call in calls if call.is_publish and call.created is not None}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.storm", description=__doc__)
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--url", choices=DATABASES, default="sqlite", help="kind of database")
    parser.add_argument("--workers", type=int, default=0, help="on PostgreSQL, processes beside the web server")
    options = parser.parse_args()
    count = max(1, options.deliveries // len(PLATFORMS))
    accounts = accounts_for(count)
    with open_system(options.url, accounts, options.workers) as system:
        posts = schedule(system, [options.seconds * number / count for number in range(count)])
        ours = measure_araldo(system, posts, options.seconds)
        ideal = measure_ideal(system, posts, accounts)
    print_table(
        (f"{posts.deliveries} deliveries over {options.seconds:g} s, {options.url}", "ideal client", "Araldo"),
        [
            *(
                (f"late, {name}", *(f"{percentile(found.late_s, percent):.2f} s" for found in (ideal, ours)))
                for name, percent in (("p50", 50), ("p99", 99), ("max", 100))
            ),
            ("CPU a delivery", *(f"{found.cpu_s / posts.deliveries * 1000:.1f} ms" for found in (ideal, ours))),
            ("memory (PSS), at the end", "", f"{ours.memory_mb:.0f} MB"),
            ("memory, peak", "", f"{ours.peak_mb:.0f} MB"),
        ],
    )


if __name__ == "__main__":
    main()
