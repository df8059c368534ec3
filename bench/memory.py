"""Memory of the process tree: idle, and after many pictures; and whether drawing delays what is due meanwhile."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bench.due_posts import DuePosts, schedule, serving_due, wait_until_published
from bench.ideal import PLATFORMS
from bench.process_tree import measuring_peak, pss_mb
from bench.system import DATABASES, Server, accounts_for, open_system
from bench.table import percentile, print_table

# How long nothing happens before the memory is read.
_QUIET_S = 10.0
_TEXT = "Da oggi la nuova stagione: prova {}, con tutto quello che serve per un fine settimana fuori porta."
# Posts on a Page that fall due while pictures are drawn: so many, so many seconds apart.
_DUE, _APART_S = 30, 0.4
_LATE_PICTURES = 50
# Posts whose pictures are waited for together.
_TOGETHER = 10


def schedule_many(server: Server, posts: int, first: int = 0) -> list[str]:
    """Schedule so many posts for three platforms each, all with another text, and return their ids."""
    due = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    return [server.create(_TEXT.format(first + number), PLATFORMS, schedule_time=due) for number in range(posts)]


def make_pictures(server: Server, pictures: int) -> int:
    """Make so many pictures, three a post, and preview each post once; return how many were made."""
    made = 0
    while made < pictures:
        ids = schedule_many(server, _TOGETHER, first=made)
        for number in range(_TOGETHER):
            preview = f'{{"content": "{_TEXT.format(made + number)}"}}'
            server.request("POST", "/api/v1/images/preview", preview.encode())
        server.wait_for_pictures(ids)
        made += _TOGETHER * len(PLATFORMS)
    return made


def measure_memory(database: str, pictures: int) -> list[tuple[str, str]]:
    """Return the figures of memory, each with its name."""
    with open_system(database, 1) as system, system.start() as server:
        time.sleep(_QUIET_S)  # nothing happens in it
        rows = [("idle", f"{pss_mb(server.pid):.0f} MB")]
        with measuring_peak(server.pid) as peak:
            made = make_pictures(server, pictures)
        time.sleep(_QUIET_S)  # nothing happens in it
        rows.append((f"after {made} pictures", f"{pss_mb(server.pid):.0f} MB"))
        rows.append(("peak meanwhile", f"{peak.mb:.0f} MB"))
    return rows


def lateness(database: str, *, drawing: bool) -> list[float]:
    """Return how late each post was published, in seconds; `drawing`: while pictures of other posts are made."""
    with open_system(database, accounts_for(_DUE)) as system:
        posts = schedule(system, [number * _APART_S for number in range(_DUE)], ["facebook"])
        with serving_due(system, posts) as server:
            if drawing:
                schedule_many(server, -(-_LATE_PICTURES // len(PLATFORMS)))
            calls = wait_until_published(system, posts, within_s=120)
    return _late(posts, sorted(call.at for call in calls if call.is_publish))


def _late(posts: DuePosts, published: Sequence[float]) -> list[float]:
    """Return the publish calls' delays in the order of the due times; an upload of 0.1 s comes before each."""
    return [at - due - 0.1 for at, due in zip(published, posts.due, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("--pictures", type=int, default=1_000)
    parser.add_argument("--url", choices=DATABASES, default="sqlite", help="kind of database")
    options = parser.parse_args()
    print_table((f"memory (PSS), {options.url}", ""), measure_memory(options.url, options.pictures))
    quiet, busy = lateness(options.url, drawing=False), lateness(options.url, drawing=True)
    print_table(
        (f"late, {_DUE} posts {_APART_S} s apart", "nothing else", f"{_LATE_PICTURES} pictures drawn"),
        [
            (name, f"{percentile(quiet, percent):.2f} s", f"{percentile(busy, percent):.2f} s")
            for name, percent in (("p50", 50), ("p99", 99), ("max", 100))
        ],
    )


if __name__ == "__main__":
    main()
