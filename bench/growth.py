"""What work costs as the database grows: idle CPU, and the lists, filters and searches of the API."""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

from tests.support.waiting import until

from bench.cloning import Clone, Cloner, PostTemplate, vocabulary
from bench.ideal import PLATFORMS
from bench.process_tree import cpu_percent
from bench.responder import REFUSED_WORD
from bench.system import DATABASES, BenchSystem, Server, open_system
from bench.table import print_table

ACCOUNTS = 5
# Out of a hundred posts.
MIX = {"published": 55, "scheduled": 25, "draft": 10, "failed": 5, "cancelled": 5}
_ROUNDS, _LONGEST_S = 30, 20.0
_IDLE_S, _SPANS, _CALM_PERCENT = 20.0, 9, 10.0
_WORDS = [f"benchword{letter}" for letter in "abcdefgh"]
_TEXT = "{} {} {}: da oggi {} {}, con {} {} e {} per tutti.".format(*_WORDS)
_VOCABULARY = vocabulary(random.Random(0))
# How far back and ahead the posts lie.
_PAST, _AHEAD = timedelta(days=400), timedelta(days=60)


def make_templates(system: BenchSystem) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Let Araldo make one post of each status; return their ids by status, and the accounts."""
    due = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    with system.start() as server:
        refused = f"{_TEXT} {REFUSED_WORD.decode()}"
        made = {
            "published": server.create(_TEXT, PLATFORMS, publish_immediately=True),
            "scheduled": server.create(_TEXT, PLATFORMS, schedule_time=due),
            "draft": server.create(_TEXT, PLATFORMS),
            "failed": server.create(refused, ["facebook", "instagram"], publish_immediately=True),
            "cancelled": server.create(_TEXT, PLATFORMS, schedule_time=due),
        }
        server.wait_for_pictures([made["scheduled"], made["cancelled"]])
        server.post(f"posts/{made['cancelled']}/cancel", {})
        for status, post_id in made.items():
            until(partial(_has_status, server, post_id, status), within_s=120)
        # Links are read after the outcome.
        links = f"posts/{made['published']}"
        until(lambda: all(row["post_url"] for row in server.get(links)["platforms"]), within_s=60)
        return made, server.accounts()


def _has_status(server: Server, post_id: str, status: str) -> bool:
    return bool(server.get(f"posts/{post_id}")["status"] == status)


def clones(
    templates: Mapping[str, PostTemplate], accounts: Sequence[dict[str, str]], count: int, rng: random.Random
) -> Iterator[tuple[PostTemplate, Clone]]:
    """Yield so many clones: in the mix of statuses, on all accounts, over a year, each of other words."""
    statuses = rng.choices(list(MIX), weights=list(MIX.values()), k=count)
    for status in statuses:
        own = rng.choice(accounts)
        texts = {accounts[0][platform]: own[platform] for platform in PLATFORMS}
        texts |= dict(zip(_WORDS, rng.choices(_VOCABULARY, k=len(_WORDS)), strict=True))
        shift = _AHEAD * rng.random() if status == "scheduled" else -_PAST * rng.random()
        yield templates[status], Clone(shift, texts)


def grow(system: BenchSystem, made: Mapping[str, str], accounts: Sequence[dict[str, str]], count: int) -> None:
    """Add so many posts; no server may be running."""

    def work(cloner: Cloner) -> None:
        replaced = {*_WORDS, *accounts[0].values()}
        templates = {status: cloner.template(post_id, replaced) for status, post_id in made.items()}
        # Housekeeping forgets the pictures of what was published a day ago; it must not begin with a year of them.
        templates["published"].leave_out("picture_history")
        cloner.write(clones(templates, accounts, count, random.Random(count)))

    system.edit_database(work)


def requests(accounts: Sequence[dict[str, str]]) -> dict[str, dict[str, object]]:
    """Return the queries of `GET /posts` that are measured."""
    now = datetime.now(UTC)
    month = {"from": (now - timedelta(days=60)).isoformat(), "to": (now - timedelta(days=30)).isoformat()}
    # One made-up word of the many posts that have it, and one that none has.
    return {
        "list": {},
        **{f"status {name}": {"status": name} for name in (*MIX, "unconfirmed")},
        "platform instagram": {"platform": "instagram"},
        "search, a word": {"q": _VOCABULARY[0][:5]},
        "search, no such word": {"q": "zzzyx"},
        "a month": month | {"limit": 100},
        "a month, scheduled": {
            "from": now.isoformat(),
            "to": (now + timedelta(days=30)).isoformat(),
            "status": "scheduled",
            "limit": 100,
        },
        "an account": {"account": accounts[1]["instagram"]},
    }


def median_ms(server: Server, query: Mapping[str, object]) -> float:
    """Return the median of the requests' times in milliseconds; fewer requests where they take too long."""
    spent: list[float] = []
    while len(spent) < _ROUNDS and sum(spent) < _LONGEST_S:
        started = time.perf_counter()
        server.get("posts", **query)
        spent.append(time.perf_counter() - started)
    return statistics.median(spent) * 1000


def idle_spans(pid: int) -> list[float]:
    """Return the CPU of spans of 20 s in percent of one core, until what a server does after its start is over."""
    spans = [cpu_percent(pid, _IDLE_S)]
    while spans[-1] > _CALM_PERCENT and len(spans) < _SPANS:
        spans.append(cpu_percent(pid, _IDLE_S))
    return spans


def measure(system: BenchSystem, accounts: Sequence[dict[str, str]]) -> dict[str, str]:
    """Return the figures of the database as it is."""
    found: dict[str, str] = {}
    with system.start() as server:
        spans = idle_spans(server.pid)
        found["CPU of one core, first 20 s"] = f"{spans[0]:.1f} %"
        found["idle CPU of one core"] = f"{min(spans):.1f} %"
        pending = list(requests(accounts).items())
    while pending:
        # Another server after a request without an answer: the first one may still be at work on it.
        with system.start(answer_s=_LONGEST_S) as server, suppress(TimeoutError):
            while pending:
                name, query = pending.pop(0)
                found[name] = f"> {_LONGEST_S:.0f} s"
                found[name] = f"{median_ms(server, query):.0f} ms"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--posts", type=int, nargs="+", default=[1_000, 100_000], help="sizes, rising")
    parser.add_argument("--url", choices=DATABASES, default="sqlite", help="kind of database")
    options = parser.parse_args()
    sizes = sorted(options.posts)
    found = []
    with open_system(options.url, ACCOUNTS) as system:
        made, accounts = make_templates(system)
        reached = len(made)
        for size in sizes:
            grow(system, made, accounts, max(0, size - reached))
            reached = max(size, reached)
            found.append(measure(system, accounts))
    columns = [f"posts, {options.url}", *(f"{size:,}" for size in sizes)]
    print_table(columns, [(name, *(figures[name] for figures in found)) for name in found[0]])


if __name__ == "__main__":
    main()
