"""Deliveries that are due evenly over a minute: how late each is published, and what it costs."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from bench.due_posts import check_published, schedule, serving_due, wait_until_published
from bench.ideal import PLATFORMS
from bench.process_tree import Peak, cpu_seconds, measuring_peak, pss_mb
from bench.system import DATABASES, accounts_for, open_system
from bench.table import percentile, print_table

# How long the publish call comes after the due time at best: a container has to be made ready first.
BEST_S = {"facebook": 0.1, "instagram": 1.6, "instagram_story": 1.6}


@dataclass(frozen=True, slots=True)
class StormFigures:
    """How late each publish call was, in seconds after the earliest possible; CPU seconds; memory in MB."""

    late_s: list[float]
    cpu_s: float
    memory_mb: float
    peak: Peak


def measure(database: str, posts: int, seconds: float) -> StormFigures:
    with open_system(database, accounts_for(posts)) as system:
        due_posts = schedule(system, [seconds * number / posts for number in range(posts)])
        with serving_due(system, due_posts) as server, measuring_peak(server.pid) as peak:
            before = cpu_seconds(server.pid)
            calls = wait_until_published(system, due_posts, within_s=seconds + 60 + due_posts.deliveries * 0.5)
            cpu_s, memory_mb = cpu_seconds(server.pid) - before, pss_mb(server.pid)
            rows = check_published(server, due_posts)
    sent = {call.created: call.at for call in calls if call.is_publish}
    late = [sent[str(row["post_id"])] - float(str(row["due"])) - BEST_S[str(row["platform"])] for row in rows]
    return StormFigures(late, cpu_s, memory_mb, peak)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.storm", description=__doc__)
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--url", choices=DATABASES, default="sqlite", help="kind of database")
    options = parser.parse_args()
    posts = max(1, options.deliveries // len(PLATFORMS))
    found = measure(options.url, posts, options.seconds)
    deliveries = posts * len(PLATFORMS)
    busy_s = options.seconds + max(found.late_s)
    print_table(
        (f"{deliveries} deliveries over {options.seconds:.0f} s, {options.url}", "ideal", "Araldo"),
        [
            ("late, p50", "0 s", f"{percentile(found.late_s, 50):.2f} s"),
            ("late, p99", "0 s", f"{percentile(found.late_s, 99):.2f} s"),
            ("late, max", "0 s", f"{max(found.late_s):.2f} s"),
            ("deliveries a second", f"{deliveries / options.seconds:.0f}", f"{deliveries / busy_s:.0f}"),
            ("CPU a delivery", "", f"{found.cpu_s / deliveries * 1000:.1f} ms"),
            ("memory at the end", "", f"{found.memory_mb:.0f} MB"),
            ("memory, peak", "", f"{found.peak.mb:.0f} MB"),
        ],
    )


if __name__ == "__main__":
    main()
